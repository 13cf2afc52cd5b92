// Counts calls to AWS one after the other. While each call takes a fixed time, a call that comes
// later than that after another can have waited for it; calls that come together can't.
import type { Stack } from "../../../infra/local/stack.ts";

/** An arrival may be noticed late, so that the next one seems to come before the end. */
export const certainShare = 0.8;

/** The length of the longest sequence of calls that each came after the end of the one before. */
export const longestSequence = (arrivals: readonly number[], callMilliseconds: number): number => {
  let length = 0;
  let end = -Infinity;
  for (const arrival of arrivals.toSorted((a, b) => a - b)) {
    if (arrival < end) continue;
    length += 1;
    end = arrival + certainShare * callMilliseconds;
  }
  return length;
};

const everyMilliseconds = 2;

export const createTripCounter =
  (stack: Pick<Stack, "calls" | "faults">) =>
  ({ principal, delay }: { principal: string; delay: number }): (() => number) => {
    const callsSoFar = () =>
      Object.values(stack.calls()[principal] ?? {}).reduce((sum, count) => sum + count, 0);
    const arrivals: number[] = [];
    let seen = callsSoFar();
    const look = () => {
      const now = callsSoFar();
      arrivals.push(...Array.from({ length: now - seen }, () => performance.now()));
      seen = now;
    };
    const looking = setInterval(look, everyMilliseconds);
    const fault = stack.faults.add({ principal, delayMilliseconds: delay, times: Infinity });
    return () => {
      clearInterval(looking);
      look();
      fault.remove();
      return longestSequence(arrivals, delay);
    };
  };
