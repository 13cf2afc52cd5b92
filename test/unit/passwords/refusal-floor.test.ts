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

describe("refusal floor", () => {
  beforeEach(() => {
    [now, waits] = [1_000, []];
    setFloor("800");
  });
  afterAll(() => void vi.unstubAllEnvs());

  it("ends refusals at one moment, however long their work took", async () => {
    for (const milliseconds of [0, 30.25, 555, 799.5]) {
      const started = now;
      const untilFloor = refusalFloor(time);
      now += milliseconds;
      await untilFloor();
      expect(now - started).toBeGreaterThanOrEqual(800);
      expect(now - started).toBeLessThanOrEqual(801);
    }
  });

  it("adds nothing to longer refusals", async () => {
    const untilFloor = refusalFloor(time);
    now += 900;
    await untilFloor();
    expect(waits).toEqual([]);
  });

  it("adds nothing if it is set to zero", async () => {
    setFloor("0");
    await refusalFloor(time)();
    expect(waits).toEqual([]);
  });
});
