import { randomUUID } from "node:crypto";
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { documents } from "../../support/store/documents.ts";
import type { Limit, Rule } from "../../../shared/limits/counters.ts";
import { limitStore } from "../../../shared/limits/limit-store.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import { codeGuess, wrongPassword } from "../../../shared/limits/guess-limits.ts";
import { runs } from "../../support/store/property-runs.ts";

const aSubject = () => `test-${randomUUID()}`;
const aKey = () => `test#${randomUUID()}`;
const limited = (key: string, rules: readonly Rule[]): Limit => ({ key, rules, refusal: "throttled" });
const day = 86_400;

describe("rate limit", () => {
  it("allows exactly its number of parallel attempts", async () => {
    const limits = limitStore(fakeClock().now);
    const guess = codeGuess("login", aSubject());
    const spent = await Promise.all(Array.from({ length: 50 }, () => limits.spend(guess)));
    expect(spent.filter(({ outcome }) => outcome === "allowed")).toHaveLength(5);
  });

  it("tells the waiting time, and allows attempts again after it", async () => {
    const clock = fakeClock();
    const limits = limitStore(clock.now);
    const guess = codeGuess("login", aSubject());
    for (let tries = 0; tries < 5; tries += 1) await limits.spend(guess);
    const spent = await limits.spend(guess);
    if (spent.outcome !== "exhausted") throw new Error("not exhausted");
    expect(spent.refusal).toBe("too_many_code_guesses");
    expect(spent.retryAfterSeconds).toBeGreaterThan(0);
    expect(spent.retryAfterSeconds).toBeLessThanOrEqual(300);
    clock.pass(spent.retryAfterSeconds);
    expect(await limits.spend(guess)).toEqual({ outcome: "allowed" });
  });

  it("stops slow guessing per day, and after 100 failures until cleared [ASVS 6.6.3]", async () => {
    const clock = fakeClock();
    const limits = limitStore(clock.now);
    const guess = codeGuess("login", aSubject());
    const allowed: number[] = [];
    for (let days = 0; days < 7; days += 1) {
      let today = 0;
      for (let window = 0; window < 10; window += 1, clock.pass(300))
        for (let tries = 0; tries < 6; tries += 1)
          if ((await limits.spend(guess)).outcome === "allowed") today += 1;
      allowed.push(today);
      clock.pass(day - 3000);
    }
    expect(Math.max(...allowed)).toBe(20);
    expect(allowed.reduce((sum, count) => sum + count)).toBe(100);
    expect(await limits.spend(guess)).toMatchObject({ refusal: "code_guesses_used_up" });
    await limits.clear(guess.key);
    expect(await limits.spend(guess)).toEqual({ outcome: "allowed" });
  });

  it("never locks a password for good [ASVS 6.1.1]", async () => {
    const clock = fakeClock();
    const limits = limitStore(clock.now);
    const wrong = wrongPassword(aSubject());
    for (let tries = 0; tries < 150; tries += 1, clock.pass(60)) await limits.spend(wrong);
    clock.pass(day);
    expect(await limits.spend(wrong)).toEqual({ outcome: "allowed" });
  });

  it("counts an attempt under all limits or under none", async () => {
    const limits = limitStore(fakeClock().now);
    const [narrow, wide] = [
      limited(aKey(), [{ maximum: 1, windowSeconds: 60 }]),
      limited(aKey(), [{ maximum: 3, windowSeconds: 60 }]),
    ];
    expect(await limits.spendAll([narrow, wide])).toEqual({ outcome: "allowed" });
    for (let tries = 0; tries < 5; tries += 1)
      expect(await limits.spendAll([narrow, wide])).toMatchObject({ outcome: "exhausted" });
    const left = [await limits.spend(wide), await limits.spend(wide), await limits.spend(wide)];
    expect(left.map(({ outcome }) => outcome)).toEqual(["allowed", "allowed", "exhausted"]);
  });

  it("gives back an attempt only in the window that counted it", async () => {
    const clock = fakeClock();
    const limits = limitStore(clock.now);
    const limit = limited(aKey(), [{ maximum: 2, windowSeconds: 60 }]);
    await limits.giveBack(limit);
    await limits.spend(limit);
    clock.pass(60);
    await limits.giveBack(limit);
    const outcomes = [await limits.spend(limit), await limits.spend(limit), await limits.spend(limit)];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["allowed", "allowed", "exhausted"]);
  });

  it("doesn't accumulate counters of past windows", async () => {
    const clock = fakeClock();
    const limits = limitStore(clock.now);
    const key = aKey();
    for (let windows = 0; windows < 40; windows += 1, clock.pass(300))
      await limits.spend(limited(key, [{ maximum: 5, windowSeconds: 300 }]));
    const { Item } = await documents().send(
      new GetCommand({ TableName: process.env["LIMITS_TABLE"], Key: { pk: `limit#${key}` } }),
    );
    expect(Object.keys(Item ?? {}).length).toBeLessThan(20);
    expect(Item?.["expiresAt"]).toBeLessThanOrEqual(clock.now());
  });

  it("agrees with a model for any rules, waits and order [ASVS 6.3.1]", async () => {
    const rules = fc.array(
      fc.record({ maximum: fc.integer({ min: 1, max: 4 }), windowSeconds: fc.integer({ min: 1, max: 50 }) }),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    const steps = fc.array(
      fc.oneof(fc.constant("spend" as const), fc.constant("clear" as const), fc.integer({ min: 1, max: 60 })),
      {
        maxLength: 25,
      },
    );
    await fc.assert(
      fc.asyncProperty(rules, steps, async (someRules: Rule[], path) => {
        // Two rules with one window would share its counter; ours never do.
        fc.pre(new Set(someRules.map(({ windowSeconds }) => windowSeconds)).size === someRules.length);
        const clock = fakeClock();
        const limits = limitStore(clock.now);
        const key = aKey();
        let spentAt: number[] = [];
        for (const step of path) {
          if (typeof step === "number") clock.pass(step);
          else if (step === "clear") {
            await limits.clear(key);
            spentAt = [];
          } else {
            const inWindow = ({ windowSeconds = 1 }: Rule) =>
              spentAt.filter(
                (at) => Math.floor(at / windowSeconds) === Math.floor(clock.now() / windowSeconds),
              ).length;
            const open = someRules.every((rule) => inWindow(rule) < rule.maximum);
            expect((await limits.spend(limited(key, someRules))).outcome).toBe(
              open ? "allowed" : "exhausted",
            );
            if (open) spentAt.push(clock.now());
          }
        }
      }),
      { numRuns: runs(40) },
    );
  });
});
