// Compares two samples of times by the difference of their medians and by AUC (Mann–Whitney), with
// bootstrapped 95 % intervals.

type Interval = { low: number; high: number };
type Comparison = {
  medians: [number, number];
  difference: number;
  differenceInterval: Interval;
  /** The probability that a time of the first sample is longer than one of the second. */
  auc: number;
  aucInterval: Interval;
};

const ascending = (one: number, other: number) => one - other;

export const median = (sample: readonly number[]): number => {
  const sorted = sample.toSorted(ascending);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
};

/** Counts the numbers of the sorted list that are below the value. Ties count as half. */
const countBelow = (sorted: readonly number[], value: number): number => {
  const firstThat = (passes: (candidate: number) => boolean) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (passes(sorted[middle] ?? 0)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return (firstThat((candidate) => candidate >= value) + firstThat((candidate) => candidate > value)) / 2;
};

export const areaUnderCurve = (first: readonly number[], second: readonly number[]): number => {
  const sorted = second.toSorted(ascending);
  const wins = first.reduce((sum, value) => sum + countBelow(sorted, value), 0);
  return wins / (first.length * second.length);
};

const resampled = (sample: readonly number[], random: () => number): number[] =>
  sample.map(() => sample[Math.floor(random() * sample.length)] ?? 0);

const middle95 = (values: number[]): Interval => {
  const sorted = values.toSorted(ascending);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? NaN;
  return { low: at(0.025), high: at(0.975) };
};

export const compareSamples = (
  first: readonly number[],
  second: readonly number[],
  { resamples = 1_000, random = Math.random } = {},
): Comparison => {
  const differenceOf = (one: readonly number[], other: readonly number[]) => median(one) - median(other);
  const pairs = Array.from(
    { length: resamples },
    () => [resampled(first, random), resampled(second, random)] as const,
  );
  return {
    medians: [median(first), median(second)],
    difference: differenceOf(first, second),
    differenceInterval: middle95(pairs.map(([one, other]) => differenceOf(one, other))),
    auc: areaUnderCurve(first, second),
    aucInterval: middle95(pairs.map(([one, other]) => areaUnderCurve(one, other))),
  };
};

const aim: Interval = { low: 0.45, high: 0.55 };
const holds = ({ low, high }: Interval, value: number) => low <= value && value <= high;

/** About one row in thirty is `unclear` by chance. */
export const verdictLegend = `coin toss: no difference. faint: a real difference, but within the aim.
unclear: outside the aim, but the interval contains 0.5, so measure more rounds. told apart: a real difference.`;

export const verdictOn = ({
  auc,
  aucInterval,
}: Comparison): "coin toss" | "faint" | "unclear" | "told apart" => {
  if (holds(aim, auc)) return holds(aucInterval, 0.5) ? "coin toss" : "faint";
  return holds(aucInterval, 0.5) ? "unclear" : "told apart";
};
