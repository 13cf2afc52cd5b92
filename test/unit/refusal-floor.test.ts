import { beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "../../shared/errors.ts";
import { withRefusalFloor } from "../../shared/refusal-floor.ts";

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
/** Works for so long, and then does this. */
const working = (milliseconds: number, end: () => string) =>
  withRefusalFloor((_call: string) => {
    now += milliseconds;
    return Promise.resolve().then(end);
  }, time);
const refuse = (code: ConstructorParameters<typeof ApiError>[0]) => () => {
  throw new ApiError(code);
};

describe("the floor under refusals", () => {
  beforeEach(() => {
    [now, waits] = [1_000, []];
    process.env["REFUSAL_FLOOR_MILLISECONDS"] = "800";
  });

  it("makes every refusal of a password end at the same moment", async () => {
    for (const milliseconds of [0, 30.25, 555, 799.5]) {
      const started = now;
      await expect(working(milliseconds, refuse("no_active_account"))("call")).rejects.toThrow(
        "no_active_account",
      );
      expect(now - started).toBeGreaterThanOrEqual(800);
      expect(now - started).toBeLessThanOrEqual(801);
    }
  });

  it("adds nothing to what took longer", async () => {
    await expect(working(900, refuse("no_active_account"))("call")).rejects.toThrow("no_active_account");
    expect(waits).toEqual([]);
  });

  it("keeps neither a success waiting nor a limit's refusal nor a failure", async () => {
    expect(await working(10, () => "sent")("call")).toBe("sent");
    await expect(working(10, refuse("too_many_password_guesses"))("call")).rejects.toThrow(
      "too_many_password_guesses",
    );
    const fail = () => {
      throw new Error("the store is gone");
    };
    await expect(working(10, fail)("call")).rejects.toThrow("the store is gone");
    expect(waits).toEqual([]);
  });

  it("is nothing where no weaker hash is left", async () => {
    process.env["REFUSAL_FLOOR_MILLISECONDS"] = "0";
    await expect(working(10, refuse("no_active_account"))("call")).rejects.toThrow("no_active_account");
    expect(waits).toEqual([]);
  });
});
