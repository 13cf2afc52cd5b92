import { beforeEach, describe, expect, it, vi } from "vitest";
import { wrongPassword } from "../../../shared/limits/guess-limits.ts";
import { signInLettersFor } from "../../../shared/limits/letter-limits.ts";
import { orderActivationCode, orderSignInCode } from "../../../shared/mail/code-requests.ts";
import type { Registration, User } from "../../../shared/store/user-items.ts";
import { neverCalled } from "../../support/assert/never-called.ts";

const user = { id: "u" } as User;

describe("login code request", () => {
  const passwords = { upgrade: async () => "hash" };
  const guess = wrongPassword("s");
  const right = { password: "right", subject: "s", guess };
  const limitsWith = (outcome: "allowed" | "exhausted") => ({
    spend: async () =>
      outcome === "allowed" ? { outcome } : { outcome, refusal: "throttled" as const, retryAfterSeconds: 1 },
    giveBack: async () => {},
  });
  beforeEach(() => {
    vi.stubEnv("OTP_LIFETIME_SECONDS", "600");
  });
  const request = async (restarted: "restarted" | "refused", call = right) => {
    const queued: unknown[] = [];
    const ordered = await orderSignInCode(user, call, {
      passwords,
      limits: limitsWith("allowed"),
      codes: { restartLogin: async () => restarted },
      enqueueLetter: async (order) => void queued.push(order),
    });
    return { ordered, queued };
  };

  it("queues one order after invalidating the older code", async () => {
    const { ordered, queued } = await request("restarted");
    expect(ordered).toBe("ordered");
    expect(queued).toEqual([{ kind: "login", userId: "u", otpRequestId: expect.any(String) }]);
  });

  it("queues nothing for an account that has changed meanwhile", async () => {
    expect(await request("refused")).toEqual({ ordered: "refused", queued: [] });
  });

  it("keeps the older code if no letter may leave", async () => {
    const ordered = await orderSignInCode(user, right, {
      passwords,
      limits: limitsWith("exhausted"),
      codes: { restartLogin: neverCalled("restartLogin") },
      enqueueLetter: neverCalled("enqueueLetter"),
    });
    expect(ordered).toBe("covered");
  });

  it("counts its letter in place of the right password's attempt", async () => {
    const spent: unknown[] = [];
    await orderSignInCode(user, right, {
      passwords,
      limits: {
        ...limitsWith("allowed"),
        spend: async (...limits) => {
          spent.push(...limits.map((limit) => limit?.rules));
          return { outcome: "allowed" };
        },
      },
      codes: { restartLogin: async () => "restarted" },
      enqueueLetter: async () => {},
    });
    expect(spent).toEqual([signInLettersFor("s").rules, guess.rules]);
  });

  it("queues nothing if counting fails", async () => {
    await expect(
      orderSignInCode(user, right, {
        passwords,
        limits: { ...limitsWith("allowed"), spend: () => Promise.reject(new Error("busy")) },
        codes: { restartLogin: neverCalled("restartLogin") },
        enqueueLetter: neverCalled("enqueueLetter"),
      }),
    ).rejects.toThrow("busy");
  });
});

describe("activation code request", () => {
  it("gives its letter back if the registration has changed meanwhile", async () => {
    for (const name of [
      "UNPROVEN_LETTERS_PER_TEN_MINUTES",
      "UNPROVEN_LETTERS_PER_HOUR",
      "UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR",
      "UNPROVEN_LETTERS_OF_ALL_PER_HOUR",
      "UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY",
      "OTP_LIFETIME_SECONDS",
    ])
      vi.stubEnv(name, "600");
    const givenBack: string[] = [];
    const registration = { addressKey: "a", email: "a@example.com", passwordHash: "hash" } as Registration;
    const ordered = await orderActivationCode(
      registration,
      { sourceIp: "192.0.2.1", guess: wrongPassword("a") },
      {
        codes: { restartActivation: async () => "refused" },
        enqueueLetter: neverCalled("enqueueLetter"),
        limits: {
          spend: async () => ({ outcome: "allowed" }),
          spendAll: async () => ({ outcome: "allowed" }),
          giveBack: async ({ key }) => void givenBack.push(key),
        },
        pseudonyms: { ofMailbox: async () => "mailbox", ofNetwork: async () => "network" },
      },
    );
    expect([ordered, givenBack.toSorted()]).toEqual([
      "refused",
      ["letters#mailbox", "letters-of-all", wrongPassword("a").key],
    ]);
  });
});
