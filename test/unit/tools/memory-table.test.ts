import { describe, expect, it } from "vitest";
import { dollarsPerMillion } from "../../tools/bench/memory/prices.ts";
import { fits, memoryTable } from "../../tools/bench/memory/memory-table.ts";

const size = (memoryMegabytes: number, milliseconds: number) => ({
  memoryMegabytes,
  p50Milliseconds: milliseconds,
  p95Milliseconds: 2 * milliseconds,
  meanMilliseconds: milliseconds,
  coldMilliseconds: 10 * milliseconds,
});

describe("table of memory sizes", () => {
  const table = memoryTable([
    {
      name: "getMe",
      setMegabytes: 1_024,
      cpuMilliseconds: 2,
      residentMegabytes: 300,
      sizes: [size(256, 20), size(1_024, 8)],
    },
  ]);

  it("marks the size that is set, and those that are too small", () => {
    expect(table).toContain("| `getMe` | 2.0 | 6 | 300 | too small | **8 / 16 / 80, 0.11** |");
  });

  it("has a column for each size", () => {
    expect(table.split("\n")[0]).toBe("| Function | CPU ms | waits ms | resident MB | 256 MB | 1,024 MB |");
  });
});

it("a million calls of 100 ms at 1 GB cost 1.33 USD", () => {
  expect(dollarsPerMillion(100, 1_024)).toBeCloseTo(1.333, 3);
  expect(dollarsPerMillion(100, 512)).toBeCloseTo(0.667, 3);
});

it("a quarter of the memory stays free", () => {
  expect(fits(192, 256)).toBe(true);
  expect(fits(193, 256)).toBe(false);
});
