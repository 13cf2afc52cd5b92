import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { refusalFloor } from "../../../shared/passwords/refusal-floor.ts";

let now: number;
let waits: number[];
const time = {
  nowMilliseconds: () => now,
  wait: (milliseconds: number) => {
    waits.push(milliseconds);
    now += milliseconds;
    return Promise.resolve();
  },
};
const setFloor = (milliseconds: string) => vi.stubEnv("REFUSAL_FLOOR_MILLISECONDS", milliseconds);

describe("the floor under refusals", () => {
  beforeEach(() => {
    [now, waits] = [1_000, []];
    setFloor("800");
  });
  afterAll(() => void vi.unstubAllEnvs());

  it("is the same moment, however long the work before it took", async () => {
    for (const milliseconds of [0, 30.25, 555, 799.5]) {
      const started = now;
      const untilFloor = refusalFloor(time);
      now += milliseconds;
      await untilFloor();
      expect(now - started).toBeGreaterThanOrEqual(800);
      expect(now - started).toBeLessThanOrEqual(801);
    }
  });

  it("adds nothing to what took longer", async () => {
    const untilFloor = refusalFloor(time);
    now += 900;
    await untilFloor();
    expect(waits).toEqual([]);
  });

  it("is nothing where no weaker hash is left", async () => {
    setFloor("0");
    await refusalFloor(time)();
    expect(waits).toEqual([]);
  });
});
