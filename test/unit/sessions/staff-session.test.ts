import { describe, expect, it } from "vitest";
import { staffSessionIsOver } from "../../../shared/sessions/staff-session.ts";
import { renewSession } from "../../../shared/sign-in/session-renewal.ts";

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

  type Deps = Parameters<typeof renewSession>[2];
  type Use = { isStaff: boolean; idle: number; age: number; type?: "refresh" | "staff"; rotated?: object };
  const renew = async ({ isStaff, idle, age, type = "refresh", rotated = { sessionEpoch: 0 } }: Use) => {
    const ended: string[] = [];
    const claims = { userId: "u", sessionId: "s", jti: "j", tokenType: type } as const;
    const user = { status: "active", sessionEpoch: 0, isStaff } as Awaited<ReturnType<Deps["users"]["find"]>>;
    const session = rotated as Awaited<ReturnType<Deps["sessions"]["rotate"]>>;
    const deps: Deps = {
      verifier: {
        verify: async (_, types) =>
          types.includes(type) ? { ...claims, issuedAt: now - idle, sessionCreatedAt: now - age } : "invalid",
      },
      users: { find: async () => user },
      sessions: {
        rotate: async () => session,
        end: async (_userId, sessionId) => {
          ended.push(sessionId);
          return "ended";
        },
      },
      enqueueLetter: async ({ kind }) => void ended.push(`letter ${kind}`),
      recordSecurityEvent: (event, { sessionId }) => void ended.push(`${event} ${sessionId}`),
      nowSeconds: () => now,
    };
    const answer = await renewSession("token", type, deps).catch((error: Error) => error.message);
    return { answer, ended };
  };
  const renewed = { answer: { sessionEpoch: 0 }, ended: [] };
  const over = { answer: "token_not_valid", ended: ["s", "session_ended s"] };

  it.each(["refresh", "staff"] as const)(
    "is refused and ended after expiry, with a %s token [ASVS 7.3.1, 7.3.2]",
    async (type) => {
      const staff = { isStaff: true, type };
      expect(await renew({ ...staff, idle: 30 * minute - 1, age: hour })).toEqual(renewed);
      expect(await renew({ ...staff, idle: 30 * minute, age: hour })).toEqual(over);
      expect(await renew({ ...staff, idle: 0, age: 12 * hour })).toEqual(over);
    },
  );

  it("has its own limits, unlike sessions of others", async () => {
    expect(await renew({ isStaff: false, idle: 24 * hour, age: 48 * hour })).toEqual(renewed);
  });

  it("goes on in a tab that is late within the grace period", async () => {
    const rotated = { sessionEpoch: 0, rotatedAt: now - 20 };
    const late = { isStaff: true, idle: 30 * minute + 10, age: hour, rotated };
    expect(await renew(late)).toEqual({ answer: rotated, ended: [] });
  });

  it("of the admin page ends with the rank", async () => {
    const lost = { answer: "permission_denied", ended: ["s", "session_ended s"] };
    expect(await renew({ isStaff: false, idle: 0, age: 0, type: "staff" })).toEqual(lost);
  });

  it("is ended by an older token, and its owner is told", async () => {
    const rotated = { replayed: { sessionEpoch: 0 } };
    expect(await renew({ isStaff: true, idle: 0, age: 0, type: "staff", rotated })).toEqual({
      answer: "token_not_valid",
      ended: ["session_replayed s", "letter session_replayed"],
    });
  });
});
