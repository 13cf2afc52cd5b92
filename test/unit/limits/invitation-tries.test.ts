import { expect, it, vi } from "vitest";
import { activateUser } from "../../../functions/activate-user.ts";
import { ApiError } from "../../../shared/contract/errors.ts";
import type { Limit } from "../../../shared/limits/counters.ts";

const sourceIp = "192.0.2.1";

/** The keys of the limits that an activation from a known device spends. */
const spentBy = async (otp_code: string): Promise<string[]> => {
  const spent: string[] = [];
  const deps = {
    pseudonyms: {
      ofAddress: async () => "address",
      ofNetwork: async (ip: string) => ip,
      decoyId: async () => "decoy",
    },
    deviceTokens: { issue: async () => "", verify: async (token: string | undefined) => token !== undefined },
    registrations: { findWithHold: async () => ({ registration: undefined, hold: "free" as const }) },
    activations: {
      passwordProblems: async () => [],
      activate: async () => "refused" as const,
    },
    limits: {
      spendAll: async (limits: readonly Limit[]) => {
        spent.push(...limits.map(({ key }) => key));
        return { outcome: "allowed" as const };
      },
      giveBack: async () => {},
      succeed: async () => {},
    },
    codeDigests: { activation: async () => ["d"], invitation: async () => ["d"] },
    hasher: { hash: async () => "hash" },
    recordSecurityEvent: () => {},
  };
  const call = {
    body: { email: "ada@example.com", otp_code },
    query: {},
    parameters: {},
    userAgent: undefined,
    acceptLanguage: undefined,
    sourceIp,
    deviceToken: "known",
    staffToken: undefined,
    invocationId: "i",
  };
  await expect(activateUser(call, deps)).rejects.toThrow(ApiError);
  return spent;
};

it("counts each try of an activation, from known devices too", async () => {
  vi.stubEnv("TRIES_PER_NETWORK_PER_TEN_MINUTES", "100");
  expect(await spentBy("123456")).toEqual([expect.stringContaining("activation")]);
  expect(await spentBy("ABCDEFGHIJKLMNOP")).toEqual([`tries#${sourceIp}`]);
});
