// What one tab does to the others when a person signs in or out there, in a real Chromium.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/assert/eventually.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { call } from "../support/calls/api.ts";
import { frontEnd } from "../support/client/front-end.ts";
import { sessionSince, sessionsOf } from "../support/client/past-sessions.ts";
import { holdAnswer, refusedToken } from "../support/client/slow-answers.ts";
import { callOn, changesOf, showing, signInWith, snapshotOf, storedTexts } from "../support/client/tabs.ts";

const front = frontEnd();

const twoTabs = async () => {
  const profile = await front.openProfile();
  return { profile, tabs: (await profile.openMany(2)) as [Page, Page] };
};

const ended = (person: { id: string }) =>
  eventually("the session's end", async () => ((await sessionsOf(person)).length === 0 ? true : undefined));

const expectNoTokens = async (tab: Page) =>
  expect(JSON.stringify(await storedTexts(tab))).not.toContain("eyJ");

describe("sign-out while a renewal is in flight", () => {
  it.each([
    ["the same tab", 0],
    ["another tab", 1],
  ] as const)("in %s ends all tabs and what is renewed", async (_, where) => {
    const { person, profile, tabs } = await front.tabsSince(1200, { count: 2 });
    await profile.setClock(0);
    const { held } = await holdAnswer(tabs[0], "/jwt/refresh/");
    const renewing = callOn(tabs[0], "getMe");
    const { text, release } = await held;
    expect(await callOn(tabs[where], "signOut")).toMatchObject({ code: null });
    for (const tab of tabs) await showing(tab, { status: "signed_out" });
    await release();
    expect((await renewing).code).toBe("not_authenticated");
    expectRefused(await call("refreshToken", JSON.parse(text)), "token_not_valid");
    expect(await sessionsOf(person)).toEqual([]);
    for (const tab of [...tabs, await profile.open()]) {
      expect(await snapshotOf(tab)).toEqual({ status: "signed_out" });
      expect((await callOn(tab, "getMe")).code).toBe("not_authenticated");
      await expectNoTokens(tab);
    }
    expect(profile.sentTo("/user/me/")).toEqual([]);
  });

  it("wins 20 races", async () => {
    const { profile, tabs } = await twoTabs();
    for (let race = 0; race < 20; race += 1) {
      await profile.setClock(-1200);
      const person = await sessionSince(1200, front.stack());
      await signInWith(tabs[0], person);
      await showing(tabs[1], { status: "signed_in", userId: person.id });
      await profile.setClock(0);
      const delays = [Math.random() * 60, Math.random() * 60, Math.random() * 60] as const;
      const after = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));
      const calls = tabs.map((tab, index) => after(delays[index]!).then(() => callOn(tab, "getMe")));
      const out = after(delays[2]).then(() => callOn(tabs[race % 2]!, "signOut"));
      expect((await out).code, `delays ${delays.join(", ")}`).toBeNull();
      await Promise.all(calls);
      await ended(person);
      for (const tab of tabs) {
        await showing(tab, { status: "signed_out" });
        await expectNoTokens(tab);
      }
    }
    expect(profile.sentTo("/jwt/refresh/").length).toBeGreaterThan(5);
  });
});

describe("sign-in", () => {
  it("reaches the other tabs, as does that of another person", async () => {
    const { tabs } = await twoTabs();
    const [ada, bea] = [await sessionSince(0, front.stack()), await sessionSince(0, front.stack())];
    for (const { person, by } of [
      { person: ada, by: tabs[0] },
      { person: bea, by: tabs[1] },
    ]) {
      await signInWith(by, person);
      for (const tab of tabs) {
        await showing(tab, { status: "signed_in", userId: person.id, sessionId: person.sessionId });
        expect(await callOn(tab, "getMe")).toMatchObject({ data: { id: person.id } });
      }
    }
    for (const tab of tabs)
      expect((await changesOf(tab)).map(({ userId }) => userId)).toEqual([ada.id, bea.id]);
    // Its tokens are lost, so that no one could end it later.
    await ended(ada);
    expect(await sessionsOf(bea)).toHaveLength(1);
  });

  it.each([
    ["the same tab", 0],
    ["another tab", 1],
  ] as const)("of another person in %s takes over no call in flight", async (_, where) => {
    const { profile, tabs } = await twoTabs();
    const [ada, bea] = [await sessionSince(0, front.stack()), await sessionSince(0, front.stack())];
    await signInWith(tabs[0], ada);
    const { promise: asked, resolve: ask } = Promise.withResolvers<() => Promise<void>>();
    await tabs[0].route("**/user/me/", (route) => ask(() => route.fulfill(refusedToken)), { times: 1 });
    const waiting = callOn(tabs[0], "updateMe", { first_name: "Ada" });
    const refuse = await asked;
    await signInWith(tabs[where], bea);
    for (const tab of tabs) await showing(tab, { status: "signed_in", userId: bea.id });
    await refuse();
    expect((await waiting).code).toBe("token_not_valid");
    const carried = () => profile.sent.flatMap(({ headers }) => headers["authorization"] ?? []);
    await expect.poll(carried).toEqual([`Bearer ${ada.pair.access}`]);
    expect(profile.sentTo("/jwt/refresh/")).toEqual([]);
    for (const tab of tabs)
      expect(await callOn(tab, "getMe")).toMatchObject({ data: { id: bea.id, first_name: "" } });
  });
});
