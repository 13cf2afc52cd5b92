import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { allLettersStore } from "../../../shared/delivery/all-letters-store.ts";
import { deliveryStore } from "../../../shared/delivery/delivery-store.ts";
import { letterStops } from "../../../shared/delivery/letter-stops.ts";
import { missingMailboxStore } from "../../../shared/delivery/missing-mailbox-store.ts";
import { unprovenLetterStore } from "../../../shared/delivery/unproven-letter-store.ts";
import type { Limit } from "../../../shared/limits/counters.ts";
import { registrationBudget, registrationLetter } from "../../../shared/limits/letter-limits.ts";
import { limitStore } from "../../../shared/limits/limit-store.ts";
import { fakeClock, farSeconds } from "../../support/store/fake-clock.ts";
import { ownLimitsTable } from "../../support/store/own-tables.ts";
import { runs } from "../../support/store/property-runs.ts";

const [hour, day] = [3_600, 86_400];
/** The beginning of a day, so that no window ends by chance. */
const startOfDay = Math.ceil(farSeconds / day) * day;
let days = 0;
/** Days of their own, because letters of all are counted in one place. */
const aDay = () => fakeClock(startOfDay + 10 * day * (days += 1));
const times = async (count: number, act: () => Promise<unknown>) => {
  for (let done = 0; done < count; done += 1) await act();
};

ownLimitsTable();
beforeEach(() => {
  vi.stubEnv("OTP_LIFETIME_SECONDS", "600");
  vi.stubEnv("UNPROVEN_LETTERS_PER_TEN_MINUTES", "1000");
  vi.stubEnv("UNPROVEN_LETTERS_PER_HOUR", "1000");
  vi.stubEnv("UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR", "1000");
  vi.stubEnv("UNPROVEN_LETTERS_OF_ALL_PER_HOUR", "1000000");
  vi.stubEnv("UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY", "3");
});

describe("bounces of a network", () => {
  const networkLimit = (networkKey: string): Limit => registrationLetter("m", networkKey).told[0]!;

  it("stop it from the third one until the day ends", async () => {
    const [clock, networkKey] = [aDay(), randomUUID()];
    const [limits, unproven] = [limitStore(clock.now), unprovenLetterStore(clock.now)];
    const charge = () => unproven.chargeBounce({ networkKey, domainKey: undefined });
    clock.pass(6 * hour);
    await times(2, charge);
    expect(await limits.spend(networkLimit(networkKey))).toEqual({ outcome: "allowed" });
    await charge();
    expect(await limits.spend(networkLimit(networkKey))).toEqual({
      outcome: "exhausted",
      refusal: "too_many_letters_from_network",
      retryAfterSeconds: 18 * hour,
    });
    expect(await limits.spend(networkLimit(randomUUID()))).toEqual({ outcome: "allowed" });
    clock.pass(18 * hour);
    expect(await limits.spend(networkLimit(networkKey))).toEqual({ outcome: "allowed" });
  });

  it("of one missing mailbox count once a day", async () => {
    const [clock, networkKey, mailbox] = [aDay(), randomUUID(), randomUUID()];
    const [limits, unproven] = [limitStore(clock.now), unprovenLetterStore(clock.now)];
    const charge = (missingMailbox: string) =>
      unproven.chargeBounce({ networkKey, domainKey: undefined, missingMailbox });
    await times(5, () => charge(mailbox));
    await charge(randomUUID());
    expect((await limits.spend(networkLimit(networkKey))).outcome).toBe("allowed");
    await charge(randomUUID());
    expect((await limits.spend(networkLimit(networkKey))).outcome).toBe("exhausted");
    clock.pass(day);
    await times(5, () => charge(mailbox));
    expect((await limits.spend(networkLimit(networkKey))).outcome).toBe("allowed");
  });

  it("aren't counted by attempts, nor taken back with them", async () => {
    const [clock, networkKey] = [aDay(), randomUUID()];
    const [limits, unproven] = [limitStore(clock.now), unprovenLetterStore(clock.now)];
    const limit = networkLimit(networkKey);
    await times(5, () => limits.spend(limit));
    await times(2, () => unproven.chargeBounce({ networkKey, domainKey: undefined }));
    await times(5, () => limits.giveBack(limit));
    await unproven.chargeBounce({ networkKey, domainKey: undefined });
    expect((await limits.spend(limit)).outcome).toBe("exhausted");
  });
});

describe("bounces at a domain", () => {
  it("stop it for the day by a model of letters and bounces", async () => {
    const steps = fc.array(fc.constantFrom("letter", "bounce"), { maxLength: 16 });
    await fc.assert(
      fc.asyncProperty(steps, async (path) => {
        const [clock, domainKey] = [aDay(), randomUUID()];
        const unproven = unprovenLetterStore(clock.now);
        let [letters, bounces, stopped] = [0, 0, false];
        for (const step of path) {
          if (step === "letter") {
            expect(await unproven.countLetter(domainKey)).toBe(stopped ? "stopped" : "counted");
            if (!stopped) letters += 1;
          } else {
            await unproven.chargeBounce({ networkKey: undefined, domainKey });
            bounces += 1;
            stopped ||= bounces >= 3 && 2 * bounces >= letters;
          }
        }
        clock.pass(day);
        expect(await unproven.countLetter(domainKey)).toBe("counted");
      }),
      { numRuns: runs(30) },
    );
  });
});

describe("bounces at a large domain", () => {
  it("are few beside the letters of the day before", async () => {
    const [clock, domainKey] = [aDay(), randomUUID()];
    const unproven = unprovenLetterStore(clock.now);
    clock.pass(23 * hour);
    await times(20, () => unproven.countLetter(domainKey));
    clock.pass(2 * hour);
    await times(3, () => unproven.countLetter(domainKey));
    await times(3, () => unproven.chargeBounce({ networkKey: undefined, domainKey }));
    expect(await unproven.countLetter(domainKey)).toBe("counted");
  });

  it("still stop it if they were many the day before", async () => {
    const [clock, domainKey] = [aDay(), randomUUID()];
    const unproven = unprovenLetterStore(clock.now);
    const bounce = () => unproven.chargeBounce({ networkKey: undefined, domainKey });
    await times(20, () => unproven.countLetter(domainKey));
    await times(20, bounce);
    clock.pass(day);
    await times(3, () => unproven.countLetter(domainKey));
    await times(3, bounce);
    expect(await unproven.countLetter(domainKey)).toBe("stopped");
  });
});

describe("missing mailboxes at one domain", () => {
  it("are a storm from the tenth on, until an hour has none", async () => {
    const [clock, domainKey] = [aDay(), randomUUID()];
    const missing = missingMailboxStore(clock.now);
    const counted: string[] = [];
    await times(9, async () => counted.push(await missing.count(domainKey)));
    expect(await missing.isStorm(domainKey)).toBe(false);
    await times(2, async () => counted.push(await missing.count(domainKey)));
    expect(counted.filter((outcome) => outcome === "storm_began")).toHaveLength(1);
    for (const isStorm of [true, true, false]) {
      expect(await missing.isStorm(domainKey)).toBe(isStorm);
      clock.pass(hour);
    }
    expect(await missing.isStorm(randomUUID())).toBe(false);
  });

  it("stop no one after any storm", async () => {
    const clock = aDay();
    const [missing, deliveries] = [missingMailboxStore(clock.now), deliveryStore(clock.now)];
    const [domainKey, addressKey] = [randomUUID(), randomUUID()];
    const stops = letterStops({
      deliveries,
      missing,
      unproven: unprovenLetterStore(clock.now),
      exchange: { takesMail: async () => true },
      nowSeconds: clock.now,
    });
    const isHeld = () => stops.holdBack({ email: "a@example.com", addressKey });
    const bounce = async () => {
      const now = clock.now() * 1000;
      const event = { state: "undeliverable", reason: "no_such_mailbox", stops: true } as const;
      await deliveries.note(addressKey, {
        ...event,
        atMilliseconds: now,
        sentAtMilliseconds: now,
        domainKey,
      });
      await missing.count(domainKey);
    };
    for (let storms = 0; storms < 3; storms += 1) {
      clock.pass(59 * 60);
      await bounce();
      expect(await isHeld()).toBe("no_mailbox");
      clock.pass(2 * 60);
      await times(10, () => missing.count(domainKey));
      for (const later of [0, hour, 2 * hour, 18 * hour]) {
        clock.pass(later);
        expect(await isHeld()).toBe(false);
      }
      clock.pass(10 * day);
    }
    await bounce();
    expect(await isHeld()).toBe("no_mailbox");
  });
});

describe("bounces of all letters", () => {
  const budget = () => registrationBudget();

  it("stop registrations from 30 and 3 % on, for an hour each", async () => {
    const clock = aDay();
    const [all, limits] = [allLettersStore(clock.now), limitStore(clock.now)];
    await limits.clear(budget().key);
    await times(100, all.countSent);
    await times(29, all.chargeBounce);
    expect(await limits.spend(budget())).toEqual({ outcome: "allowed" });
    expect(await all.chargeBounce()).toBe("stopped");
    expect(await limits.spend(budget())).toEqual({
      outcome: "exhausted",
      refusal: "letter_budget_spent",
      retryAfterSeconds: hour,
    });
    clock.pass(hour - 1);
    expect(await all.chargeBounce()).toBe("counted");
    clock.pass(hour - 1);
    expect((await limits.spend(budget())).outcome).toBe("exhausted");
    clock.pass(1);
    expect(await limits.spend(budget())).toEqual({ outcome: "allowed" });
  });

  it("ask for the challenge instead, where one is set", async () => {
    const clock = aDay();
    const [all, limits] = [allLettersStore(clock.now), limitStore(clock.now)];
    await limits.clear(budget().key);
    const challenged: Limit = { ...budget(), whenStopped: "challenge" };
    expect(await limits.spend(challenged)).toEqual({ outcome: "allowed" });
    await times(30, all.chargeBounce);
    expect(await limits.spend(challenged)).toEqual({ outcome: "allowed", needsChallenge: true });
    clock.pass(hour);
    expect(await limits.spend(challenged)).toEqual({ outcome: "allowed" });
  });

  it("count for 24 hours, also over midnight", async () => {
    const clock = aDay();
    const all = allLettersStore(clock.now);
    clock.pass(22 * hour);
    await times(20, all.chargeBounce);
    clock.pass(23 * hour);
    await times(9, all.chargeBounce);
    expect(await all.chargeBounce()).toBe("stopped");
    clock.pass(2 * hour);
    // Those of the first hour no longer count.
    expect(await all.chargeBounce()).toBe("counted");
  });

  it("are few beside many letters", async () => {
    const clock = aDay();
    const all = allLettersStore(clock.now);
    for (let sent = 0; sent < 1_100; sent += 20)
      await Promise.all(Array.from({ length: 20 }, () => all.countSent()));
    await times(32, async () => expect(await all.chargeBounce()).toBe("counted"));
    expect(await all.chargeBounce()).toBe("stopped");
  });
});
