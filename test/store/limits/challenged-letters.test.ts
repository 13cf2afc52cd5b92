import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../../shared/contract/errors.ts";
import { registrationChallenge, resetChallenge, spendToldLimits } from "../../../shared/limits/challenge.ts";
import type { Verdict } from "../../../shared/limits/challenge-service.ts";
import {
  lettersFrom,
  registrationLetter,
  resetLettersTo,
  spendLetter,
  spendMailbox,
  type Letter,
} from "../../../shared/limits/letter-limits.ts";
import { limitStore } from "../../../shared/limits/limit-store.ts";
import { farSeconds, fakeClock } from "../../support/store/fake-clock.ts";

const stub = (values: Record<string, string> = {}) => {
  for (const [name, value] of Object.entries({
    UNPROVEN_LETTERS_PER_TEN_MINUTES: "3",
    UNPROVEN_LETTERS_PER_HOUR: "5",
    UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR: "20",
    UNPROVEN_LETTERS_OF_ALL_PER_HOUR: "1000000",
    UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY: "3",
    OTP_LIFETIME_SECONDS: "600",
    CHALLENGE_VERIFY_URL: "https://service.example/siteverify",
    CHALLENGE_FREE_PER_NETWORK_PER_HOUR: "2",
    CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER: "refuse",
    ...values,
  }))
    vi.stubEnv(name, value);
};
afterEach(() => vi.unstubAllEnvs());

const limits = limitStore(fakeClock(Math.ceil(farSeconds / 3600) * 3600).now);
const resetFrom = (network: string, addressKey: string = randomUUID()): Letter => ({
  told: [lettersFrom("reset", network)],
  mailbox: resetLettersTo(addressKey),
});

/** Counts how often the service was asked, about which action. */
const asking = (verdict: Verdict | ((token: string) => Promise<Verdict>)) => {
  const asked: string[] = [];
  return {
    asked,
    limits,
    verifyChallenge: async (token: string, action: string) => {
      asked.push(action);
      return typeof verdict === "string" ? verdict : verdict(token);
    },
  };
};

/** Returns what came of a letter, or the code of the refusal. */
const outcomeOf = async (
  letter: Letter,
  challenge: ReturnType<typeof resetChallenge>,
  deps: { limits: typeof limits; verifyChallenge: (token: string, action: string) => Promise<Verdict> },
): Promise<string> => {
  try {
    await spendToldLimits(letter, challenge, deps.limits, deps.verifyChallenge);
    return await spendMailbox(letter, deps.limits);
  } catch (error) {
    if (error instanceof ApiError) return error.code;
    throw error;
  }
};

describe("challenge", () => {
  it("is needed after exactly the free attempts, also in parallel", async () => {
    stub();
    const [network, deps] = [randomUUID(), asking("solved")];
    const outcomes = await Promise.all(
      Array.from({ length: 12 }, () => outcomeOf(resetFrom(network), resetChallenge(undefined), deps)),
    );
    expect(outcomes.filter((outcome) => outcome === "allowed")).toHaveLength(2);
    expect(outcomes.filter((outcome) => outcome === "challenge_required")).toHaveLength(10);
    expect(deps.asked).toEqual([]);
  });

  it("is needed always with 0, and never if it is off", async () => {
    stub({ CHALLENGE_FREE_PER_NETWORK_PER_HOUR: "0" });
    const deps = asking("solved");
    const ask = (network: string, token?: string) =>
      outcomeOf(resetFrom(network), resetChallenge(token), deps);
    expect(await ask(randomUUID())).toBe("challenge_required");
    expect(await ask(randomUUID(), "")).toBe("challenge_required");
    expect(await ask(randomUUID(), "token")).toBe("allowed");
    expect(deps.asked).toEqual(["reset_password"]);
    stub({ CHALLENGE_VERIFY_URL: "off", CHALLENGE_FREE_PER_NETWORK_PER_HOUR: "0" });
    expect(await ask(randomUUID())).toBe("allowed");
    expect(await ask(randomUUID(), "token")).toBe("allowed");
    expect(deps.asked).toHaveLength(1);
  });

  it("uses up no token before it is needed", async () => {
    stub();
    const deps = asking("refused");
    expect(await outcomeOf(resetFrom(randomUUID()), resetChallenge("token"), deps)).toBe("allowed");
    expect(deps.asked).toEqual([]);
  });

  it("is needed by every network when half of the budget is used", async () => {
    // The budget has one key, so this test has an hour of its own.
    const hour = limitStore(fakeClock((Math.ceil(farSeconds / 3600) + 7) * 3600).now);
    stub({ UNPROVEN_LETTERS_OF_ALL_PER_HOUR: "7" });
    const deps = { ...asking("solved"), limits: hour };
    const ask = (token?: string) =>
      outcomeOf(registrationLetter(randomUUID(), randomUUID()), registrationChallenge(token), deps);
    const outcomes = [];
    for (let times = 0; times < 5; times += 1) outcomes.push(await ask());
    expect(outcomes).toEqual(["allowed", "allowed", "allowed", "challenge_required", "challenge_required"]);
    // Refused attempts leave the budget to others.
    for (let times = 0; times < 4; times += 1) expect(await ask("token")).toBe("allowed");
    expect(await ask("token")).toBe("letter_budget_spent");
    expect(deps.asked).toEqual(["register", "register", "register", "register"]);
  });

  it("that fails gives the letter back, but not the network's attempt", async () => {
    stub({ CHALLENGE_FREE_PER_NETWORK_PER_HOUR: "0" });
    const [network, owner] = [randomUUID(), randomUUID()];
    for (const [verdict, token, code] of [
      ["solved", undefined, "challenge_required"],
      ["refused", "token", "challenge_failed"],
    ] as const)
      for (let times = 0; times < 8; times += 1)
        expect(await outcomeOf(resetFrom(network, owner), resetChallenge(token), asking(verdict))).toBe(code);
    const solved = () => outcomeOf(resetFrom(network, owner), resetChallenge("token"), asking("solved"));
    const outcomes = [await solved(), await solved(), await solved(), await solved()];
    expect(outcomes).toEqual(["allowed", "allowed", "allowed", "covered"]);
    // 16 failed, 4 solved.
    expect(await solved()).toBe("too_many_letters_from_network");
  });

  it("doesn't hold a mailbox's letters while the service is asked", async () => {
    stub({ CHALLENGE_FREE_PER_NETWORK_PER_HOUR: "0" });
    const owner = randomUUID();
    let release = () => {};
    const waiting = new Promise<void>((resolve) => (release = resolve));
    const slow = asking(async () => {
      await waiting;
      return "refused";
    });
    const robots = Array.from({ length: 5 }, () =>
      outcomeOf(resetFrom(randomUUID(), owner), resetChallenge("wrong"), slow),
    );
    await vi.waitFor(() => expect(slow.asked).toHaveLength(5));
    for (let times = 0; times < 3; times += 1)
      expect(await spendLetter(resetFrom(randomUUID(), owner), limits)).toBe("allowed");
    release();
    expect(new Set(await Promise.all(robots))).toEqual(new Set(["challenge_failed"]));
    expect(await spendLetter(resetFrom(randomUUID(), owner), limits)).toBe("covered");
  });

  it("is needed for a covered mailbox too, and leaves no letter there", async () => {
    stub({ CHALLENGE_FREE_PER_NETWORK_PER_HOUR: "0" });
    const owner = randomUUID();
    for (let times = 0; times < 3; times += 1) await spendLetter(resetFrom(randomUUID(), owner), limits);
    const ask = (token: string | undefined, verdict: Verdict) =>
      outcomeOf(resetFrom(randomUUID(), owner), resetChallenge(token), asking(verdict));
    expect(await ask(undefined, "solved")).toBe("challenge_required");
    expect(await ask("token", "refused")).toBe("challenge_failed");
    expect(await ask("token", "solved")).toBe("covered");
    expect(await ask(undefined, "solved")).toBe("challenge_required");
  });

  it("without an answer lets resets pass, and registrations by the setting", async () => {
    for (const [setting, expected] of [
      ["refuse", "service_unavailable"],
      ["allow", "allowed"],
    ] as const) {
      stub({ CHALLENGE_FREE_PER_NETWORK_PER_HOUR: "0", CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER: setting });
      const deps = asking("unanswered");
      const registration = registrationLetter(randomUUID(), randomUUID());
      expect(await outcomeOf(registration, registrationChallenge("token"), deps)).toBe(expected);
      expect(await outcomeOf(resetFrom(randomUUID()), resetChallenge("token"), deps)).toBe("allowed");
      expect(await outcomeOf(resetFrom(randomUUID()), resetChallenge(undefined), deps)).toBe(
        "challenge_required",
      );
    }
  });
});
