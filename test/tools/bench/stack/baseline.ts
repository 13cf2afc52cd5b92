// A saved run of the benchmark, and what changed since.
import { readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { UserError } from "../../../../infra/user-error.ts";
import { textTable } from "../text-table.ts";

const spread = z.object({ median: z.number(), low: z.number(), high: z.number() });
const table = <Cell extends z.ZodType>(cell: Cell) => z.record(z.string(), z.record(z.string(), cell));
const baselineSchema = z.object({
  machine: z.string(),
  /** By row and column. These numbers depend on the code only. */
  exact: table(z.number()),
  /** By row and column, with the spread within the run. */
  measured: table(spread),
});
export type Baseline = z.output<typeof baselineSchema>;

export const saveBaseline = (file: string, baseline: Baseline): void =>
  writeFileSync(file, `${JSON.stringify(baseline, undefined, 2)}\n`);

export const loadBaseline = (file: string): Baseline => {
  try {
    return baselineSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new UserError(`${file} is not a baseline that --save wrote: ${reason}`);
  }
};

export type Change = {
  row: string;
  column: string;
  before: number | undefined;
  after: number | undefined;
  verdict: "dearer" | "cheaper" | "new" | "gone";
};
export type Comparison = { exact: Change[]; measured: Change[]; withinNoise: number };

const rates = new Set(["per s"]);
/** Two runs of the same code differ by more than the parts of one run do. */
const noisePercent = 5;

export const percentOf = ({ before, after }: Change): number | undefined =>
  before === undefined || after === undefined || before === 0 ? undefined : (after / before - 1) * 100;

const pairsOf = <Cell>(
  before: Record<string, Record<string, Cell>>,
  after: Record<string, Record<string, Cell>>,
): { row: string; column: string; before: Cell | undefined; after: Cell | undefined }[] =>
  [...new Set([...Object.keys(after), ...Object.keys(before)])].flatMap((row) =>
    [...new Set([...Object.keys(after[row] ?? {}), ...Object.keys(before[row] ?? {})])].map((column) => ({
      row,
      column,
      before: before[row]?.[column],
      after: after[row]?.[column],
    })),
  );

const verdictOn = (column: string, before: number | undefined, after: number | undefined) => {
  if (before === undefined) return "new";
  if (after === undefined) return "gone";
  return after > before === !rates.has(column) ? "dearer" : "cheaper";
};

/** A call that an operation no longer makes is a change to 0. A missing row was not measured. */
const compareExact = (before: Baseline["exact"], after: Baseline["exact"]): Change[] =>
  pairsOf(before, after)
    .map((pair) => ({
      ...pair,
      before: pair.before ?? (before[pair.row] && 0),
      after: pair.after ?? (after[pair.row] && 0),
    }))
    .filter((pair) => pair.before !== pair.after)
    .map((pair) => ({ ...pair, verdict: verdictOn(pair.column, pair.before, pair.after) }));

/** A difference counts if the spreads don't overlap and the medians differ by more than noise. */
const compareMeasured = (before: Baseline["measured"], after: Baseline["measured"]): Change[] =>
  pairsOf(before, after)
    .filter((pair) => {
      if (pair.before === undefined || pair.after === undefined) return true;
      const overlap = pair.before.low <= pair.after.high && pair.after.low <= pair.before.high;
      const difference = Math.abs(pair.after.median - pair.before.median);
      return !overlap && difference * 100 > noisePercent * Math.abs(pair.before.median);
    })
    .map(({ row, column, before: earlier, after: later }) => {
      const medians = { before: earlier?.median, after: later?.median };
      return { row, column, ...medians, verdict: verdictOn(column, medians.before, medians.after) };
    });

const cheapestLast = (one: Change, other: Change): number =>
  Number(other.verdict === "dearer") - Number(one.verdict === "dearer");

export const compareBaselines = (before: Baseline, after: Baseline): Comparison => {
  const measured = compareMeasured(before.measured, after.measured);
  return {
    exact: compareExact(before.exact, after.exact).toSorted(cheapestLast),
    measured: measured.toSorted(cheapestLast),
    withinNoise: pairsOf(before.measured, after.measured).length - measured.length,
  };
};

const cell = (value: number | undefined): string =>
  value === undefined ? "-" : String(Number(value.toFixed(2)));

const changesTable = (changes: readonly Change[]): string =>
  textTable(
    ["row", "column", "before", "after", "change", ""],
    changes.map((change) => {
      const percent = percentOf(change);
      return [
        change.row,
        change.column,
        cell(change.before),
        cell(change.after),
        percent === undefined ? "-" : `${percent > 0 ? "+" : ""}${percent.toFixed(0)} %`,
        change.verdict,
      ];
    }),
  );

export const comparisonText = (before: Baseline, after: Baseline): string => {
  const { exact, measured, withinNoise } = compareBaselines(before, after);
  return [
    `Compared with a run on: ${before.machine}`,
    exact.length === 0
      ? "Calls, units and round trips: no change."
      : `Calls, units and round trips, which depend on the code only:\n${changesTable(exact)}`,
    measured.length === 0
      ? "Times: no change beyond noise."
      : `Times beyond noise (spreads that don't overlap, and medians more than ${noisePercent} % apart).\nIf the floor's rows changed too, the machine changed.\n${changesTable(measured)}`,
    `${withinNoise} measured cells are within noise.\n`,
  ].join("\n");
};
