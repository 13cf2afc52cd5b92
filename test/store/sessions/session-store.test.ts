import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { graceSeconds, sessionStore, type Session } from "../../../shared/sessions/session-store.ts";
import { fakeClock } from "../../support/store/fake-clock.ts";

const day = 86_400;

const started = async () => {
  const clock = fakeClock();
  const sessions = sessionStore(clock.now);
  const first = await sessions.create(randomUUID(), 0, "Unknown device");
  const claims = ({ userId, sessionId, createdAt }: Session, jti: string) => ({
    userId,
    sessionId,
    jti,
    sessionCreatedAt: createdAt,
  });
  const rotate = async (jti: string) => {
    const outcome = await sessions.rotate(claims(first, jti));
    return typeof outcome === "object" && "replayed" in outcome ? ("replayed" as const) : outcome;
  };
  const rotated = async (jti: string) => {
    const session = await rotate(jti);
    if (typeof session === "string") throw new Error(session);
    return session;
  };
  return { clock, first, rotate, rotated };
};

describe("session", () => {
  it("gives replaced and current token one successor within the grace period", async () => {
    const { clock, first, rotated } = await started();
    const next = await rotated(first.jti);
    clock.pass(graceSeconds - 1);
    expect(await rotated(first.jti)).toEqual(next);
    expect(await rotated(next.jti)).toEqual(next);
    expect(await rotated(first.jti)).toEqual(next);
  });

  it("gives 200 racing callers one successor", async () => {
    const { first, rotated } = await started();
    const successors = await Promise.all(Array.from({ length: 200 }, () => rotated(first.jti)));
    expect(new Set(successors.map(({ jti }) => jti)).size).toBe(1);
  });

  it("ends when a replaced token returns after the grace period", async () => {
    const { clock, first, rotate, rotated } = await started();
    const next = await rotated(first.jti);
    clock.pass(graceSeconds);
    expect(await rotate(first.jti)).toBe("replayed");
    expect(await rotate(next.jti)).toBe("refused");
  });

  it("ends for an older token, even within the grace period", async () => {
    const { clock, first, rotate, rotated } = await started();
    const second = await rotated(first.jti);
    clock.pass(graceSeconds);
    await rotated(second.jti);
    expect(await rotate(first.jti)).toBe("replayed");
  });

  it("ends after seven idle days, and after thirty with use [ASVS 7.3.1, 7.3.2]", async () => {
    const idle = await started();
    idle.clock.pass(7 * day);
    expect(await idle.rotate(idle.first.jti)).toBe("refused");

    const used = await started();
    let { jti } = used.first;
    for (let days = 0; days < 28; days += 4) {
      used.clock.pass(4 * day);
      ({ jti } = await used.rotated(jti));
    }
    used.clock.pass(2 * day);
    expect(await used.rotate(jti)).toBe("refused");
  });

  it("treats another session's token as a replay, which ends no other session", async () => {
    const { rotated, first } = await started();
    const { rotate: other } = await started();
    expect(await other(first.jti)).toBe("replayed");
    expect((await rotated(first.jti)).sessionId).toBe(first.sessionId);
  });
});
