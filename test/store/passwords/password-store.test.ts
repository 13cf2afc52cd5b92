import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { operator } from "../../../shared/events/actor.ts";
import { sessionStore } from "../../../shared/sessions/session-store.ts";
import { userStore } from "../../../shared/accounts/user-store.ts";
import { passwordResetFlow } from "../../support/people/password-reset-flow.ts";

describe("password change", () => {
  const withSession = async () => {
    const { user, passwords, send, reset, storedUser, clock } = await passwordResetFlow();
    const session = await sessionStore(clock.now).create(user.id, user.sessionEpoch, "Unknown device");
    const change = (hash: string, invocation: string = randomUUID()) =>
      passwords.change(user, session, hash, invocation);
    return { user, session, change, send, reset, storedUser, sessions: sessionStore(clock.now) };
  };

  it("succeeds once of many in parallel, and keeps its own session", async () => {
    const { user, session, change, storedUser, sessions } = await withSession();
    const results = await Promise.all(Array.from({ length: 8 }, (_, index) => change(`hash${index}`)));
    expect(results.filter((result) => result === "changed")).toHaveLength(1);
    expect(results.filter((result) => result === "password_replaced")).toHaveLength(7);
    const { passwordHash, sessionEpoch } = await storedUser();
    expect(passwordHash).toBe(`hash${results.indexOf("changed")}`);
    expect(sessionEpoch).toBe(user.sessionEpoch + 1);
    expect(await sessions.list(user.id)).toEqual([{ ...session, sessionEpoch }]);
  });

  it("succeeds again if the same invocation repeats it", async () => {
    const { change } = await withSession();
    const invocation = randomUUID();
    expect(await change("new", invocation)).toBe("changed");
    expect(await change("new", invocation)).toBe("changed");
  });

  it("is refused for an ended session and for a deleted account", async () => {
    const first = await withSession();
    await first.sessions.end(first.user.id, first.session.sessionId);
    expect(await first.change("new")).toBe("session_ended");
    const second = await withSession();
    await userStore().remove(second.user, operator);
    expect(await second.change("new")).toBe("gone");
  });

  it("invalidates a reset code, and is refused after a reset meanwhile", async () => {
    const first = await withSession();
    await first.send("r", "d");
    expect(await first.change("changed")).toBe("changed");
    expect(await first.reset("d")).toBe("refused");
    const second = await withSession();
    await second.send("r", "d");
    expect(await second.reset("d")).toBe("reset");
    expect(await second.change("changed")).toBe("password_replaced");
  });
});
