// Runs operators' commands in the folder of a running stack.
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";

export type Ended = { code: number | null; stdout: string; stderr: string };

type Run = {
  folder: string;
  /** Written to standard input. */
  input?: string;
  /** Kills the command when this promise settles, or when this text appears on standard error. */
  killWhen?: Promise<unknown> | string;
};

export const runCommand = async (
  name: string,
  parameters: string[],
  { folder, input = "", killWhen }: Run,
): Promise<Ended> => {
  const [file] = globSync(`commands/**/${name}.ts`);
  if (file === undefined) throw new Error(`no command is in a file ${name}.ts`);
  const child = spawn(process.execPath, [resolve(file), ...parameters], { cwd: folder });
  child.stdin.end(input);
  const kill = () => child.kill("SIGKILL");
  if (typeof killWhen === "string")
    child.stderr.on("data", (chunk: Buffer) => chunk.toString().includes(killWhen) && kill());
  else void killWhen?.then(kill, kill);
  const ended = new Promise<number | null>((done) => child.once("close", done));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, stdout, stderr };
};
