import { describe, expect, it } from "vitest";
import { requestLoginCode } from "../../../shared/mail/code-requests.ts";
import type { User } from "../../../shared/store/user-items.ts";
import { neverCalled } from "../../support/assert/never-called.ts";

const user = { id: "u" } as User;

describe("login code request", () => {
  const request = async (meanwhile: () => Promise<void>, restarted: "restarted" | "refused") => {
    const queued: unknown[] = [];
    const requested = await requestLoginCode(user, "hash", meanwhile, {
      codes: { restartLogin: async () => restarted },
      enqueueLetter: async (order) => void queued.push(order),
    });
    return { requested, queued };
  };

  it("queues one order after invalidating the older code", async () => {
    const { requested, queued } = await request(async () => {}, "restarted");
    expect(requested).toBe(true);
    expect(queued).toEqual([{ kind: "login", userId: "u", otpRequestId: expect.any(String) }]);
  });

  it("queues nothing for an account that has changed meanwhile", async () => {
    expect(await request(async () => {}, "refused")).toEqual({ requested: false, queued: [] });
  });

  it("queues nothing if the parallel work fails", async () => {
    const failing = () => Promise.reject(new Error("busy"));
    await expect(
      requestLoginCode(user, "hash", failing, {
        codes: { restartLogin: async () => "restarted" },
        enqueueLetter: neverCalled("enqueueLetter"),
      }),
    ).rejects.toThrow("busy");
  });
});
