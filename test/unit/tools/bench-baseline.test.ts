import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareBaselines,
  comparisonText,
  loadBaseline,
  percentOf,
  saveBaseline,
  type Baseline,
} from "../../tools/bench/stack/baseline.ts";
import { sumOfUnits } from "../../tools/bench/stack/footprint.ts";
import { spreadOf } from "../../tools/bench/stack/measure.ts";

const around = (median: number, by = 0.1) => ({ median, low: median - by, high: median + by });
const baseline = (parts: Partial<Baseline> = {}): Baseline => ({
  machine: "2 cores",
  exact: { createUser: { "write units": 13, UpdateItem: 3, trips: 4 } },
  measured: { getMe: { "CPU ms": around(2), "per s": around(680, 10) } },
  ...parts,
});

describe("comparison with a baseline", () => {
  it("finds no change between equal runs", () => {
    const { exact, measured, withinNoise } = compareBaselines(baseline(), baseline());
    expect([...exact, ...measured]).toEqual([]);
    expect(withinNoise).toBe(2);
  });

  it("names each difference in calls, units and trips", () => {
    const exact = { createUser: { "write units": 14, UpdateItem: 3, trips: 3 } };
    expect(compareBaselines(baseline(), baseline({ exact })).exact).toEqual([
      { row: "createUser", column: "write units", before: 13, after: 14, verdict: "dearer" },
      { row: "createUser", column: "trips", before: 4, after: 3, verdict: "cheaper" },
    ]);
  });

  it("takes calls that an operation stopped or began as 0", () => {
    const exact = { createUser: { "write units": 13, PutItem: 1, trips: 4 } };
    expect(compareBaselines(baseline(), baseline({ exact })).exact).toEqual([
      { row: "createUser", column: "PutItem", before: 0, after: 1, verdict: "dearer" },
      { row: "createUser", column: "UpdateItem", before: 3, after: 0, verdict: "cheaper" },
    ]);
  });

  it("says which rows are new or gone", () => {
    const exact = { signUp: { trips: 4 } };
    const verdicts = compareBaselines(baseline(), baseline({ exact })).exact.map(
      ({ row, verdict }) => `${row} ${verdict}`,
    );
    expect(new Set(verdicts)).toEqual(new Set(["signUp new", "createUser gone"]));
  });

  it("counts a time only if the spreads don't overlap", () => {
    const after = (spread: Baseline["measured"][string][string]) =>
      compareBaselines(
        baseline(),
        baseline({ measured: { getMe: { "CPU ms": spread, "per s": around(680) } } }),
      ).measured;
    expect(after({ median: 2.6, low: 2.05, high: 3 })).toEqual([]);
    expect(after({ median: 2.6, low: 2.2, high: 3 })).toMatchObject([{ verdict: "dearer" }]);
    expect(after({ median: 1.5, low: 1.4, high: 1.6 })).toMatchObject([{ verdict: "cheaper" }]);
  });

  it("counts no difference of less than 5 %", () => {
    const measured = (median: number) => ({ getMe: { "CPU ms": around(median, 0) } });
    const change = (median: number) =>
      compareBaselines(baseline({ measured: measured(2) }), baseline({ measured: measured(median) }))
        .measured;
    expect(change(2.09)).toEqual([]);
    expect(change(2.11)).toHaveLength(1);
  });

  it("takes a lower rate as dearer", () => {
    const measured = { getMe: { "CPU ms": around(2), "per s": around(500, 10) } };
    expect(compareBaselines(baseline(), baseline({ measured })).measured).toMatchObject([
      { column: "per s", verdict: "dearer" },
    ]);
  });

  it("mirrors its verdicts when the runs change places", () => {
    const cell = fc
      .tuple(fc.double({ min: 0.1, max: 100, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true }))
      .map(([median, by]) => around(median, by));
    const run = fc
      .record({ "CPU ms": cell, "per s": cell })
      .map((getMe) => baseline({ measured: { getMe } }));
    fc.assert(
      fc.property(run, run, (one, other) => {
        const there = compareBaselines(one, other).measured;
        const back = compareBaselines(other, one).measured;
        for (const { column, verdict } of there) {
          const mirrored = back.find((change) => change.column === column);
          // The 5 % refer to the run before, so a difference near them may count in one direction.
          if (mirrored) expect(mirrored.verdict).not.toBe(verdict);
        }
      }),
    );
  });

  it("prints what depends on the code before times", () => {
    const text = comparisonText(
      baseline(),
      baseline({
        exact: { createUser: { "write units": 14, UpdateItem: 3, trips: 4 } },
        measured: { getMe: { "CPU ms": around(4), "per s": around(680, 10) } },
      }),
    );
    expect(text).toMatch(
      /createUser +write units +13 +14 +\+8 % +dearer[^]*getMe +CPU ms +2 +4 +\+100 % +dearer/,
    );
  });

  it("gives no percentage from nothing", () => {
    const change = { row: "", column: "", verdict: "new" } as const;
    expect(percentOf({ ...change, before: undefined, after: 2 })).toBeUndefined();
    expect(percentOf({ ...change, before: 0, after: 2 })).toBeUndefined();
  });
});

describe("a saved baseline", () => {
  it("is read as it was written, and anything else is refused", () => {
    const folder = mkdtempSync(join(tmpdir(), "lit-auth-baseline-"));
    try {
      const file = join(folder, "run.json");
      saveBaseline(file, baseline());
      expect(loadBaseline(file)).toEqual(baseline());
      writeFileSync(file, JSON.stringify({ machine: "2 cores", exact: {} }));
      expect(() => loadBaseline(file)).toThrow(/run\.json is not a baseline.*measured/s);
      expect(() => loadBaseline(join(folder, "none.json"))).toThrow(/none\.json is not a baseline/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it("units are summed over the chosen principals", () => {
  const counts = {
    CreateUser: { "dynamodb:UpdateItem": { read: 0, write: 3 }, "dynamodb:GetItem": { read: 1, write: 0 } },
    Mailer: { "dynamodb:UpdateItem": { read: 0, write: 2 } },
  };
  expect(sumOfUnits(counts, (principal) => principal !== "Mailer")).toEqual({ read: 1, write: 3 });
  expect(sumOfUnits(counts, () => true)).toEqual({ read: 1, write: 5 });
});

it("a spread has the median, the least and the most", () => {
  expect(spreadOf([3, 1, 2, 10])).toEqual({ median: 2.5, low: 1, high: 10 });
});
