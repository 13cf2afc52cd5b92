import { describe, expect, it } from "vitest";
import { refreshToken } from "../../../functions/refresh-token.ts";
import { neverCalled } from "../../support/assert/never-called.ts";
import { staffSessionIsOver } from "../../../shared/sessions/staff-session.ts";

const minute = 60;
const hour = 60 * minute;
const now = 1_800_000_000;

describe("staff session", () => {
  it("expires after 12 hours or 30 idle minutes [ASVS 7.3.1, 7.3.2]", () => {
    const over = (age: number, idle: number) =>
      staffSessionIsOver({ createdAt: now - age, usedAt: now - idle }, now);
    expect([over(12 * hour - 1, 0), over(12 * hour, 0)]).toEqual([false, true]);
    expect([over(hour, 30 * minute - 1), over(hour, 30 * minute)]).toEqual([false, true]);
  });

  type Deps = Parameters<typeof refreshToken>[1];
  const refresh = async (isStaff: boolean, idle: number, age: number) => {
    const ended: string[] = [];
    const claims = { userId: "u", sessionId: "s", jti: "j", tokenType: "refresh" } as const;
    const user = { status: "active", sessionEpoch: 0, isStaff } as Awaited<ReturnType<Deps["users"]["find"]>>;
    const session = { sessionEpoch: 0 } as Awaited<ReturnType<Deps["sessions"]["rotate"]>>;
    const deps: Deps = {
      verifier: {
        verify: async () => ({ ...claims, issuedAt: now - idle, sessionCreatedAt: now - age }),
      },
      users: { find: async () => user },
      sessions: {
        rotate: async () => session,
        end: async (_userId, sessionId) => {
          ended.push(sessionId);
          return "ended";
        },
      },
      signer: { pair: async () => ({ access: "a", refresh: "r" }) },
      enqueueLetter: neverCalled("enqueueLetter"),
      recordSecurityEvent: (event, { sessionId }) => void ended.push(`${event} ${sessionId}`),
      nowSeconds: () => now,
    };
    const call = { body: { refresh: "token" } } as Parameters<typeof refreshToken>[0];
    const answer = await refreshToken(call, deps).catch((error: Error) => error.message);
    return { answer, ended };
  };

  it("is refused and ended at a refresh after expiry, unlike others", async () => {
    const pair = { access: "a", refresh: "r" };
    const over = { answer: "token_not_valid", ended: ["s", "session_ended s"] };
    expect(await refresh(true, 30 * minute - 1, hour)).toEqual({ answer: pair, ended: [] });
    expect(await refresh(true, 30 * minute, hour)).toEqual(over);
    expect(await refresh(true, 0, 12 * hour)).toEqual(over);
    expect(await refresh(false, 24 * hour, 48 * hour)).toEqual({ answer: pair, ended: [] });
  });
});
