// Functions log errors as JSON with positions in their bundles. Developers read sources.
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import path from "node:path";
import * as z from "zod";
import { bundlesDirectory, sourceMapFile } from "../bundling/bundle-functions.ts";

type Position = { file: string; line: number; column: number };

const texts = z.array(z.string()).default([]);
/** The first is what functions log, the second what the runtime logs when one ends. */
const logLine = z.object({
  level: z.enum(["ERROR", "CRITICAL"]),
  message: z.string().optional(),
  error: z.object({ name: z.string(), message: z.string(), frames: texts }).optional(),
  errorType: z.string().optional(),
  errorMessage: z.string().optional(),
  stack: texts,
});

const inBundle = /file:\S*\/([\w-]+)\/index\.mjs:(\d+):(\d+)/;

const sourceMapOf = (name: string, outdir: string): SourceMap | undefined => {
  try {
    return new SourceMap(JSON.parse(readFileSync(sourceMapFile(name, outdir), "utf8")));
  } catch {
    return undefined;
  }
};

const sourceOf = (name: string, line: number, column: number, outdir: string): Position | undefined => {
  const origin = sourceMapOf(name, outdir)?.findOrigin(line, column);
  if (origin === undefined || !("fileName" in origin)) return undefined;
  const file = path.resolve(outdir, name, origin.fileName);
  return { file, line: origin.lineNumber, column: origin.columnNumber };
};

/** Minified names of functions say nothing, so a frame in a source is its place alone. */
const readableFrame = (frame: string, outdir: string): string => {
  const [, name, line, column] = inBundle.exec(frame) ?? [];
  const source = name === undefined ? undefined : sourceOf(name, Number(line), Number(column), outdir);
  if (source === undefined) return `    ${frame.trim()}`;
  const file = path.relative(process.cwd(), source.file);
  return `    at ${file}:${source.line}:${source.column}`;
};

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

export const readableError = (
  functionLabel: string,
  line: string,
  outdir = bundlesDirectory,
): string | undefined => {
  if (!/"level":\s*"(ERROR|CRITICAL)"/.test(line)) return undefined;
  const read = logLine.safeParse(parsed(line));
  if (!read.success) return `${functionLabel}: ${line}`;
  const { message = "", error, errorType, errorMessage, stack } = read.data;
  const name = error?.name ?? errorType;
  const what = name === undefined ? message : `${name}: ${error?.message ?? errorMessage ?? ""}`;
  const frames = (error?.frames ?? stack).filter((frame) => frame.trim().startsWith("at "));
  return [`${functionLabel}: ${what}`, ...frames.map((frame) => readableFrame(frame, outdir))].join("\n");
};
