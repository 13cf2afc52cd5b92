import { dollarsPerMillion } from "./prices.ts";

/** What one function takes at one memory size. */
export type AtSize = {
  memoryMegabytes: number;
  p50Milliseconds: number;
  p95Milliseconds: number;
  meanMilliseconds: number;
  coldMilliseconds: number;
};
export type MemoryRow = {
  name: string;
  /** The size that the template sets. */
  setMegabytes: number;
  cpuMilliseconds: number;
  residentMegabytes: number;
  sizes: AtSize[];
};

/** A function must not fill its memory: rare inputs take more than the measured ones. */
const mostResidentShare = 0.75;
export const fits = (residentMegabytes: number, memoryMegabytes: number): boolean =>
  residentMegabytes <= mostResidentShare * memoryMegabytes;

const megabytes = (number: number) => number.toLocaleString("en-US");

const cell = ({ setMegabytes, residentMegabytes }: MemoryRow, size: AtSize): string => {
  const { memoryMegabytes, p50Milliseconds, p95Milliseconds, meanMilliseconds, coldMilliseconds } = size;
  if (!fits(residentMegabytes, memoryMegabytes)) return "too small";
  const dollars = dollarsPerMillion(Math.ceil(meanMilliseconds), memoryMegabytes).toFixed(2);
  const times = [p50Milliseconds, p95Milliseconds, coldMilliseconds].map((number) => number.toFixed(0));
  const text = `${times.join(" / ")}, ${dollars}`;
  return memoryMegabytes === setMegabytes ? `**${text}**` : text;
};

/** Waiting is what a call takes on a whole vCPU beyond its own CPU time. */
const waitOf = ({ sizes, cpuMilliseconds }: MemoryRow): number =>
  Math.max(0, Math.min(...sizes.map((size) => size.p50Milliseconds)) - cpuMilliseconds);

/** A table in Markdown, for docs/operations.md. */
export const memoryTable = (rows: readonly MemoryRow[]): string => {
  const sizes = rows[0]?.sizes.map(({ memoryMegabytes }) => `${megabytes(memoryMegabytes)} MB`) ?? [];
  const head = ["Function", "CPU ms", "waits ms", "resident MB", ...sizes];
  const lines = [
    head,
    head.map(() => "---"),
    ...rows.map((row) => [
      `\`${row.name}\``,
      row.cpuMilliseconds.toFixed(1),
      waitOf(row).toFixed(0),
      row.residentMegabytes.toFixed(0),
      ...row.sizes.map((size) => cell(row, size)),
    ]),
  ];
  return `${lines.map((line) => `| ${line.join(" | ")} |`).join("\n")}\n`;
};
