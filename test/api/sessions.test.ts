import { describe, expect, it } from "vitest";
import { call, send, succeed } from "../support/calls/api.ts";
import { requireCapability } from "../support/stacks/capabilities.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { loginCode, signedIn, signIn, type Person } from "../support/people/people.ts";

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const sessionPath = (id: string) => `/api/v1/auth/user/me/sessions/${id}/`;

/** A second device of the same person. */
const alsoSignedIn = async (person: Person, letters: number) => ({
  ...person,
  ...(await signIn(person, letters)),
});

describe("user/me/sessions/", () => {
  it("lists the living sessions with device and times, and says which one asks [ASVS 7.1.2, 7.2.4, 7.5.2]", async () => {
    const person = await signedIn();
    const otp_code = await loginCode(person, 2);
    const other = await succeed(
      "createToken",
      { email: person.email, otp_code },
      { headers: { "user-agent": firefox } },
    );
    const { results } = await succeed("listSessions", undefined, { token: other.access });
    expect(results).toHaveLength(2);
    expect(results.filter(({ current }) => current)).toEqual([
      expect.objectContaining({ device: "Firefox on Linux", created: expect.stringMatching(/^\d{4}-.*Z$/) }),
    ]);
    expect(results.find(({ current }) => !current)?.device).toBe("Unknown device");
  });

  it("moves the last use with each refresh and keeps the session's id", async () => {
    const person = await signedIn();
    const [before] = (await succeed("listSessions", undefined, { token: person.access })).results;
    const { access } = await succeed("refreshToken", { refresh: person.refresh });
    const [after] = (await succeed("listSessions", undefined, { token: access })).results;
    expect(after?.id).toBe(before?.id);
    expect(Date.parse(after?.last_used ?? "")).toBeGreaterThanOrEqual(Date.parse(before?.last_used ?? ""));
  });

  it("ends one session at once: its access and refresh tokens die, the others live [ASVS 7.4.1, 7.5.2]", async () => {
    const person = await signedIn();
    const other = await alsoSignedIn(person, 2);
    const { results } = await succeed("listSessions", undefined, { token: person.access });
    const target = results.find(({ current }) => !current)?.id ?? "";
    const ended = await call("endSession", undefined, { token: person.access, path: sessionPath(target) });
    expect(ended.status).toBe(204);
    expectRefused(await call("getMe", undefined, { token: other.access }), "token_not_valid");
    expectRefused(await call("verifyToken", { token: other.access }), "token_not_valid");
    expectRefused(await call("refreshToken", { refresh: other.refresh }), "token_not_valid");
    await succeed("getMe", undefined, { token: person.access });
    const again = await call("endSession", undefined, { token: person.access, path: sessionPath(target) });
    expectRefused(again, "not_found");
  });

  it("does not find another person's session, nor nonsense", async () => {
    const [person, stranger] = [await signedIn(), await signedIn()];
    const { results } = await succeed("listSessions", undefined, { token: person.access });
    for (const id of [results[0]?.id ?? "", "nonsense", "%00", "a".repeat(1100)]) {
      const path = sessionPath(encodeURIComponent(id));
      expectRefused(await call("endSession", undefined, { token: stranger.access, path }), "not_found");
    }
    await succeed("getMe", undefined, { token: person.access });
  });

  it("ends all others at once and keeps the one that asks, also through its next refresh [ASVS 7.4.3]", async () => {
    const person = await signedIn();
    const others = [await alsoSignedIn(person, 2), await alsoSignedIn(person, 3)];
    await succeed("endOtherSessions", undefined, { token: person.access });
    for (const { access, refresh } of others) {
      expectRefused(await call("getMe", undefined, { token: access }), "token_not_valid");
      expectRefused(await call("refreshToken", { refresh }), "token_not_valid");
    }
    const { access } = await succeed("refreshToken", { refresh: person.refresh });
    const { results } = await succeed("listSessions", undefined, { token: access });
    expect(results).toHaveLength(1);
    await succeed("endOtherSessions", undefined, { token: access });
    await succeed("getMe", undefined, { token: access });
  });

  it("asks for a token", async () => {
    expectRefused(await call("listSessions"), "not_authenticated");
    expectRefused(await call("endOtherSessions"), "not_authenticated");
    expectRefused(await send("DELETE", sessionPath("x")), "not_authenticated");
  });
});

describe("POST jwt/logout/", () => {
  it("ends the session at once, and answers 204 again when it is over [ASVS 7.4.1]", async () => {
    const { access, refresh } = await signedIn();
    for (let times = 0; times < 2; times += 1) expect(await succeed("logout", { refresh })).toBeUndefined();
    expectRefused(await call("getMe", undefined, { token: access }), "token_not_valid");
    expectRefused(await call("refreshToken", { refresh }), "token_not_valid");
  });

  it("signs out with a token that was replaced a moment ago", async () => {
    const { refresh } = await signedIn();
    const { access } = await succeed("refreshToken", { refresh });
    await succeed("logout", { refresh });
    expectRefused(await call("getMe", undefined, { token: access }), "token_not_valid");
  });

  it("does not take an access token or a forged one [ASVS 7.2.1]", async () => {
    const { access, refresh } = await signedIn();
    for (const token of [access, `${refresh.slice(0, -8)}AAAAAAAA`, "x"])
      expectRefused(await call("logout", { refresh: token }), "token_not_valid");
    await succeed("getMe", undefined, { token: access });
  });
});

describe("200 tabs that refresh together", () => {
  it("get one successor, and nobody is signed out", async ({ skip }) => {
    requireCapability("hundredsAtOnce", skip);
    const { refresh } = await signedIn();
    const pairs = await Promise.all(Array.from({ length: 200 }, () => succeed("refreshToken", { refresh })));
    expect(new Set(pairs.map((pair) => pair.refresh)).size).toBe(1);
    const [first] = pairs;
    if (!first) throw new Error("no pair");
    await succeed("getMe", undefined, { token: first.access });
    // A third tab wakes up inside the window.
    expect((await succeed("refreshToken", { refresh })).refresh).toBe(first.refresh);
    expect((await succeed("refreshToken", { refresh: first.refresh })).refresh).toBe(first.refresh);
  });
});
