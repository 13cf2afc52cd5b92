import { beforeEach, describe, expect, it, vi } from "vitest";
import { orderSignInCode } from "../../../shared/mail/code-requests.ts";
import type { User } from "../../../shared/store/user-items.ts";
import { neverCalled } from "../../support/assert/never-called.ts";

const user = { id: "u" } as User;

describe("login code request", () => {
  const passwords = { upgrade: async () => "hash" };
  const right = { password: "right", subject: "s", wasRight: async () => {} };
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

  it("queues nothing if the parallel work fails", async () => {
    const failing = { ...right, wasRight: () => Promise.reject(new Error("busy")) };
    await expect(
      orderSignInCode(user, failing, {
        passwords,
        limits: limitsWith("allowed"),
        codes: { restartLogin: neverCalled("restartLogin") },
        enqueueLetter: neverCalled("enqueueLetter"),
      }),
    ).rejects.toThrow("busy");
  });
});
