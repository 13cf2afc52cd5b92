// Runs one phase for its people, and measures how long it took and which process used the CPU.
import { callsWithoutMailer, mailer } from "./mailer-calls.ts";
import type { Person, Phase } from "../load/phases.ts";
import type { Snapshot } from "../load/stack-messages.ts";
import type { StackUnderLoad } from "../load/stack-under-load.ts";
import { median } from "../two-samples.ts";

export type Cpu = { functions: number; mailer: number; runner: number; engine: number; total: number };
/** The median of several parts of a run, and the least and the most of them. */
export type Spread = { median: number; low: number; high: number };

export type Measurement = {
  phase: Phase;
  p50Milliseconds: number;
  p95Milliseconds: number;
  perSecond: Spread;
  /** CPU milliseconds of one operation, including the letter that it sends. */
  cpu: Cpu;
  spread: { total: Spread; functions: Spread };
  /** AWS calls of one operation, without those of the mailer. */
  calls: Record<string, number>;
};

/** Starts the next item as soon as one ends, so that `concurrency` items run at any time. */
export const overAll = async <Item>(
  items: Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
) => {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
};

const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

export const spreadOf = (numbers: readonly number[]): Spread => ({
  median: median(numbers),
  low: Math.min(...numbers),
  high: Math.max(...numbers),
});

const sumWithoutMailer = ({ functions }: Snapshot) =>
  Object.entries(functions).reduce((sum, [label, cpu]) => (label === mailer ? sum : sum + cpu), 0);

const cpuBetween = (before: Snapshot, after: Snapshot, count: number): Cpu => {
  const each = (read: (snapshot: Snapshot) => number) => (read(after) - read(before)) / count;
  const cpu = {
    functions: each(sumWithoutMailer),
    mailer: each(({ functions }) => functions[mailer] ?? 0),
    runner: each(({ runner }) => runner),
    engine: each(({ engine }) => engine),
  };
  return { ...cpu, total: cpu.functions + cpu.mailer + cpu.runner + cpu.engine };
};

const inParts = <Item>(items: readonly Item[], parts: number): Item[][] =>
  Array.from({ length: parts }, (_, part) =>
    items.slice(Math.round((part * items.length) / parts), Math.round(((part + 1) * items.length) / parts)),
  );

/** Measures the people in several parts. Their spread shows how noisy the machine is. */
export const measure = async (
  stack: StackUnderLoad,
  phase: Phase,
  people: Person[],
  { concurrency, parts }: { concurrency: number; parts: number },
): Promise<Measurement> => {
  const { prepare, run, rounds } = phase;
  if (prepare) await Promise.all(people.map(prepare));
  const durations: number[] = [];
  const costs: Cpu[] = [];
  const rates: number[] = [];

  const first = await stack.snapshot();
  let before = first;
  for (const part of inParts(people, parts)) {
    const runs = Array.from({ length: rounds }, () => part).flat();
    const started = performance.now();
    await overAll(runs, concurrency, async (person) => {
      const began = performance.now();
      await run(person);
      durations.push(performance.now() - began);
    });
    rates.push((runs.length / (performance.now() - started)) * 1000);
    const after = await stack.snapshot();
    costs.push(cpuBetween(before, after, runs.length));
    before = after;
  }

  const count = people.length * rounds;
  const callsBefore = callsWithoutMailer(first.calls);
  const calls = Object.entries(callsWithoutMailer(before.calls)).map(
    ([name, total]) => [name, (total - (callsBefore[name] ?? 0)) / count] as const,
  );
  durations.sort((a, b) => a - b);
  return {
    phase,
    p50Milliseconds: percentile(durations, 0.5),
    p95Milliseconds: percentile(durations, 0.95),
    perSecond: spreadOf(rates),
    cpu: cpuBetween(first, before, count),
    spread: {
      total: spreadOf(costs.map(({ total }) => total)),
      functions: spreadOf(costs.map(({ functions }) => functions)),
    },
    calls: Object.fromEntries(calls.filter(([, times]) => times > 0)),
  };
};
