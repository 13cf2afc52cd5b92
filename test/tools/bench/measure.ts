// Runs one phase for its people, and measures how long it took and which process used the CPU.
import type { CallCounts } from "../../../infra/local/aws-endpoint/call-counter.ts";
import type { Person, Phase } from "./phases.ts";
import type { Snapshot } from "./stack-messages.ts";
import type { StackUnderLoad } from "./stack-under-load.ts";

export type Measurement = {
  phase: Phase;
  p50Milliseconds: number;
  p95Milliseconds: number;
  perSecond: number;
  /** CPU milliseconds of one operation, including the letter that it sends. */
  cpu: { functions: number; mailer: number; runner: number; engine: number; total: number };
  /** AWS calls of one operation, without those of the mailer. */
  calls: Record<string, number>;
};

const mailer = "Mailer";

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

const callsWithoutMailer = (counts: CallCounts): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const [principal, calls] of Object.entries(counts)) {
    if (principal.startsWith(mailer)) continue;
    for (const [name, count] of Object.entries(calls)) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
};

const sumWithoutMailer = ({ functions }: Snapshot) =>
  Object.entries(functions).reduce((sum, [label, cpu]) => (label === mailer ? sum : sum + cpu), 0);

export const measure = async (
  stack: StackUnderLoad,
  phase: Phase,
  people: Person[],
  concurrency: number,
): Promise<Measurement> => {
  const { prepare, run, rounds } = phase;
  if (prepare) await Promise.all(people.map(prepare));
  const runs = Array.from({ length: rounds }, () => people).flat();
  const durations: number[] = [];

  const before = await stack.snapshot();
  const started = performance.now();
  await overAll(runs, concurrency, async (person) => {
    const began = performance.now();
    await run(person);
    durations.push(performance.now() - began);
  });
  const seconds = (performance.now() - started) / 1000;
  const after = await stack.snapshot();

  const count = runs.length;
  const each = (read: (snapshot: Snapshot) => number) => (read(after) - read(before)) / count;
  const cpu = {
    functions: each(sumWithoutMailer),
    mailer: each(({ functions }) => functions[mailer] ?? 0),
    runner: each(({ runner }) => runner),
    engine: each(({ engine }) => engine),
  };
  const callsBefore = callsWithoutMailer(before.calls);
  const calls = Object.entries(callsWithoutMailer(after.calls)).map(
    ([name, total]) => [name, (total - (callsBefore[name] ?? 0)) / count] as const,
  );
  durations.sort((a, b) => a - b);
  return {
    phase,
    p50Milliseconds: percentile(durations, 0.5),
    p95Milliseconds: percentile(durations, 0.95),
    perSecond: count / seconds,
    cpu: { ...cpu, total: cpu.functions + cpu.mailer + cpu.runner + cpu.engine },
    calls: Object.fromEntries(calls.filter(([, times]) => times > 0)),
  };
};
