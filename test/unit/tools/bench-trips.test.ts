import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certainShare, longestSequence } from "../../support/stacks/trip-counter.ts";

describe("calls one after the other", () => {
  it("are one if all come together", () => {
    expect(longestSequence([], 100)).toBe(0);
    expect(longestSequence([0, 5, 40], 100)).toBe(1);
  });

  it("are counted along the longest chain", () => {
    // Two together, then one that needs the first, then two that need that one.
    expect(longestSequence([0, 3, 102, 203, 210], 100)).toBe(3);
    // A call after a hash of 60 ms doesn't lengthen the chain beside it.
    expect(longestSequence([0, 60, 101, 162], 100)).toBe(2);
  });

  it("never exceed the calls, nor what fits into the time", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 20 }), (arrivals) => {
        const trips = longestSequence(arrivals, 100);
        expect(trips).toBeLessThanOrEqual(arrivals.length);
        expect(trips).toBeLessThanOrEqual(1 + Math.max(0, ...arrivals) / (certainShare * 100));
        expect(trips).toBe(longestSequence(arrivals.toReversed(), 100));
      }),
    );
  });
});
