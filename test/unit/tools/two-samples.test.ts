import { describe, expect, it } from "vitest";
import { areaUnderCurve, compareSamples, median, verdictOn } from "../../tools/bench/two-samples.ts";

/** A linear congruential generator, so that every run has the same numbers. */
const seeded = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return seed / 2 ** 32;
};
const sampleOf = (random: () => number, shift = 0) =>
  Array.from({ length: 300 }, () => 4 + shift + random() + random() + random());

describe("comparison of two samples", () => {
  it("computes medians, and an AUC that counts ties half", () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
    expect(areaUnderCurve([5, 6], [1, 2])).toBe(1);
    expect(areaUnderCurve([1, 2, 2], [2])).toBeCloseTo(1 / 3);
  });

  it("calls alike samples a coin toss", () => {
    const random = seeded(7);
    const told = compareSamples(sampleOf(random), sampleOf(random), { random });
    expect(verdictOn(told)).toBe("coin toss");
    expect(told.differenceInterval.low).toBeLessThan(0);
    expect(told.differenceInterval.high).toBeGreaterThan(0);
  });

  it("tells two samples apart by less than their spread", () => {
    const random = seeded(7);
    const told = compareSamples(sampleOf(random, 0.3), sampleOf(random), { random });
    expect(verdictOn(told)).toBe("told apart");
    expect(told.difference).toBeGreaterThan(0.15);
    expect(told.aucInterval.low).toBeGreaterThan(0.55);
  });
});
