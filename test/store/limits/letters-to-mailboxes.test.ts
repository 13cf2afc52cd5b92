import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import type { Limit } from "../../../shared/limits/counters.ts";
import {
  registrationLetter,
  registrationLettersTo,
  resetLettersTo,
  signInLettersFor,
  spendLetter,
} from "../../../shared/limits/letter-limits.ts";
import { limitStore } from "../../../shared/limits/limit-store.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";
import { runs } from "../../support/store/property-runs.ts";

const lifetimeSeconds = 600;
const stubLimits = () => {
  vi.stubEnv("OTP_LIFETIME_SECONDS", String(lifetimeSeconds));
  vi.stubEnv("UNPROVEN_LETTERS_PER_TEN_MINUTES", "3");
  vi.stubEnv("UNPROVEN_LETTERS_PER_HOUR", "5");
  vi.stubEnv("UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR", "1000");
  vi.stubEnv("UNPROVEN_LETTERS_OF_ALL_PER_HOUR", "1000");
  vi.stubEnv("UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY", "3");
};

const purposes: Record<string, (key: string) => Limit> = {
  "a registration": registrationLettersTo,
  "a reset": resetLettersTo,
  "a sign-in": signInLettersFor,
};

describe("letters to one mailbox", () => {
  it.each(Object.keys(purposes))("leave its owner a valid code or a new one, for %s", async (purpose) => {
    stubLimits();
    const limitOf = purposes[purpose]!;
    const step = fc.oneof(
      fc.constantFrom("stranger asks" as const, "owner asks" as const, "code is used" as const),
      fc.integer({ min: 1, max: 700 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (path) => {
        const clock = fakeClock();
        const limits = limitStore(clock.now);
        const limit = limitOf(randomUUID());
        let codeUntil = 0;
        for (const what of path) {
          if (typeof what === "number") clock.pass(what);
          else if (what === "code is used") {
            // Only the owner of the mailbox can use it.
            if (codeUntil > clock.now()) await limits.giveBack(limit);
            codeUntil = 0;
          } else {
            const outcome = await spendLetter({ told: [], mailbox: limit }, limits);
            if (outcome === "allowed") codeUntil = clock.now() + lifetimeSeconds;
            // Whether a stranger or the owner asked, a code in the mailbox is valid now.
            expect(codeUntil).toBeGreaterThan(clock.now());
          }
        }
      }),
      { numRuns: runs(15) },
    );
  });

  it("leave at once after a code was used or revoked", async () => {
    stubLimits();
    const clock = fakeClock();
    const limits = limitStore(clock.now);
    clock.pass(3600 - (clock.now() % 3600));
    for (const end of ["giveBack", "allowAgain"] as const) {
      const mailbox = registrationLettersTo(randomUUID());
      const ask = () => spendLetter({ told: [], mailbox }, limits);
      for (let letters = 0; letters < 3; letters += 1) expect(await ask()).toBe("allowed");
      clock.pass(2 * lifetimeSeconds - 1);
      expect([await ask(), await ask(), await ask()]).toEqual(["allowed", "allowed", "covered"]);
      // A window of ten minutes begins, in the same hour.
      clock.pass(1);
      expect(await ask()).toBe("covered");
      await (end === "giveBack" ? limits.giveBack(mailbox) : limits.allowAgain(mailbox.key));
      expect([await ask(), await ask()]).toEqual(["allowed", "covered"]);
      clock.pass(3600 - (clock.now() % 3600));
    }
  });

  it("are five in an hour and one per lifetime of a code [ASVS 6.1.1]", async () => {
    stubLimits();
    const clock = fakeClock();
    clock.pass(3600 - (clock.now() % 3600));
    const limits = limitStore(clock.now);
    const mailbox = registrationLettersTo(randomUUID());
    let sent = 0;
    for (let second = 0; second < 3600; second += 30, clock.pass(30))
      if ((await spendLetter({ told: [], mailbox }, limits)) === "allowed") sent += 1;
    expect(sent).toBeLessThanOrEqual(5 + 3600 / lifetimeSeconds);
    expect(sent).toBeGreaterThanOrEqual(3600 / lifetimeSeconds);
  });

  it("leave one at a time beyond the limit, even in parallel", async () => {
    stubLimits();
    const clock = fakeClock();
    const limits = limitStore(clock.now);
    const mailbox = registrationLettersTo(randomUUID());
    const ask = () => spendLetter({ told: [], mailbox }, limits);
    const allowed = async () =>
      (await Promise.all(Array.from({ length: 12 }, ask))).filter((outcome) => outcome === "allowed");
    clock.pass(3600 - (clock.now() % 3600));
    expect(await allowed()).toHaveLength(3);
    clock.pass(lifetimeSeconds);
    expect(await allowed()).toHaveLength(3 - 1);
    clock.pass(lifetimeSeconds - 1);
    expect(await allowed()).toHaveLength(0);
    clock.pass(1);
    expect(await allowed()).toHaveLength(1);
  });

  it("aren't held by callers whom another limit refuses", async () => {
    stubLimits();
    const clock = fakeClock();
    const limits = limitStore(clock.now);
    const mailbox = registrationLettersTo(randomUUID());
    const network = { key: `test#${randomUUID()}`, rules: [{ maximum: 1, windowSeconds: 60 }] };
    const told = [{ ...network, refusal: "throttled" as const }];
    clock.pass(3600 - (clock.now() % 3600));
    for (let times = 0; times < 3; times += 1) await spendLetter({ told: [], mailbox }, limits);
    clock.pass(lifetimeSeconds - 1);
    await limits.spend(told[0]!);
    clock.pass(1);
    await limits.spend(told[0]!);
    const refused = Array.from({ length: 10 }, () =>
      spendLetter({ told, mailbox }, limits).catch(() => "refused"),
    );
    const [owner, ...others] = await Promise.all([spendLetter({ told: [], mailbox }, limits), ...refused]);
    expect([owner, new Set(others)]).toEqual(["allowed", new Set(["refused"])]);
  });

  it("don't use up the common budget if none leaves", async () => {
    stubLimits();
    const limits = limitStore(fakeClock().now);
    const letter = registrationLetter(randomUUID(), randomUUID());
    const budget = letter.told.find(({ refusal }) => refusal === "letter_budget_spent")!;
    const own = {
      ...letter,
      told: [{ ...budget, key: `test#${randomUUID()}`, rules: [{ maximum: 4, windowSeconds: 3600 }] }],
    };
    const outcomes = [];
    for (let times = 0; times < 8; times += 1) outcomes.push(await spendLetter(own, limits));
    expect(outcomes).toEqual([...Array(3).fill("allowed"), ...Array(5).fill("covered")]);
  });
});
