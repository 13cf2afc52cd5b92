// Tabs that share one stored session, in a real Chromium.
import { decodeJwt } from "jose";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/assert/eventually.ts";
import { call } from "../support/calls/api.ts";
import { frontEnd } from "../support/client/front-end.ts";
import {
  passThirtySeconds,
  renewedSession,
  sessionSince,
  sessionsOf,
} from "../support/client/past-sessions.ts";
import { answerInstead, holdAnswer, putToSleep, refusedToken } from "../support/client/slow-answers.ts";
import {
  callOn,
  showing,
  signInWith,
  storedSession,
  storedTexts,
  type InPage,
} from "../support/client/tabs.ts";
import { letterTo, lettersTo } from "../support/mail/letters.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";

const minute = 60;
const day = 24 * 60 * minute;
const front = frontEnd();

type Tabs = Awaited<ReturnType<typeof front.tabsSince>>;

/** The tabs have the session's newest token, and the service saw nothing wrong. */
const expectOneSession = async ({ person, profile, tabs }: Omit<Tabs, "tab">) => {
  const [session, ...more] = await sessionsOf(person);
  expect(more).toEqual([]);
  for (const tab of tabs) {
    await eventually("the newest token", async () => {
      const { refresh } = (await storedSession(tab)) ?? {};
      return (refresh !== undefined && decodeJwt(refresh)["jti"] === session?.jti) || undefined;
    });
    await showing(tab, { status: "signed_in", userId: person.id });
    expect(profile.sentTo("/jwt/refresh/", tab).length).toBeLessThanOrEqual(1);
  }
  await allLettersSent(front.stack());
  expect(await lettersTo(person.email)).toEqual([]);
};

describe("tabs at the end of their access token", () => {
  it.each([
    [2, "is about to end", 14.5 * minute],
    [2, "has ended", 20 * minute],
    [5, "is about to end", 14.5 * minute],
    [5, "has ended", 20 * minute],
  ])("%i tabs call together when it %s", async (count, _, secondsAgo) => {
    const { person, profile, tabs } = await front.tabsSince(secondsAgo, { count });
    await profile.setClock(0);
    const answers = await Promise.all(tabs.map((tab) => callOn(tab, "getMe")));
    expect(answers).toEqual(tabs.map(() => expect.objectContaining({ code: null })));
    await expect.poll(() => profile.sentTo("/jwt/refresh/").length).toBeGreaterThan(0);
    await expectOneSession({ person, profile, tabs });
  });

  it("the second tab uses what the first one has renewed", async () => {
    const { person, profile, tabs } = await front.tabsSince(20 * minute, { count: 2 });
    await profile.setClock(0);
    expect(await callOn(tabs[0], "getMe")).toMatchObject({ code: null });
    await expectOneSession({ person, profile, tabs });
    expect(await callOn(tabs[1], "getMe")).toMatchObject({ code: null });
    await expect.poll(() => profile.sentTo("/jwt/refresh/")).toHaveLength(1);
  });
});

describe("tabs that wake together", () => {
  const wakeAfter = async (secondsAgo: number) => {
    const all = await front.tabsSince(secondsAgo, { count: 5 });
    const { asleep, wake } = await putToSleep(all.tabs);
    const clock = all.profile.setClock(0);
    const calls = all.tabs.map((tab) => callOn(tab, "getMe"));
    await asleep;
    expect(all.profile.sentTo("/user/me/")).toEqual([]);
    await wake();
    await clock;
    return { ...all, codes: (await Promise.all(calls)).map(({ code }) => code) };
  };

  it.each([20 * minute, 3 * day])("go on after %i seconds", async (secondsAgo) => {
    const { codes, ...all } = await wakeAfter(secondsAgo);
    expect(codes).toEqual([null, null, null, null, null]);
    await expectOneSession(all);
  });

  it("say that the session has ended after 8 days", async () => {
    const { codes, tabs, profile, person } = await wakeAfter(8 * day);
    for (const code of codes) expect(code).toMatch(/^(token_not_valid|not_authenticated)$/);
    for (const tab of [...tabs, await profile.open()])
      await showing(tab, { status: "signed_out", reason: "session_ended" });
    expect(await storedSession(tabs[0])).toBeUndefined();
    expect(profile.sentTo("/jwt/refresh/").length).toBeLessThanOrEqual(5);
    expect(await lettersTo(person.email)).toEqual([]);
  });

  it("an answer that waited does not replace a newer session", async () => {
    const { person, profile, tabs } = await front.tabsSince(20 * minute, { count: 2 });
    await profile.setClock(0);
    const { held } = await holdAnswer(tabs[0], "/jwt/refresh/");
    const late = callOn(tabs[0], "getMe");
    const { release } = await held;
    const again = await sessionSince(0, front.stack(), person);
    await signInWith(tabs[1], again);
    await showing(tabs[0], { status: "signed_in", sessionId: again.sessionId });
    await release();
    expect(await late).toMatchObject({ code: null });
    expect(await storedSession(tabs[0])).toMatchObject(again.pair);
    await eventually("the end of the first session", async () =>
      (await sessionsOf(person)).length === 1 ? true : undefined,
    );
  });
});

describe("tab that ends during its renewal", () => {
  const ends = {
    "is closed": async (tab: Page, open: () => Promise<Page>) => {
      await tab.close();
      return open();
    },
    "goes to the next page": async (tab: Page) => {
      await tab.goto(`${front.site().url}/next`);
      return tab;
    },
  };

  /** The service has renewed, and the page that asked for it is gone. */
  const endDuringRenewal = async (how: keyof typeof ends, isRefused: boolean, isLate = false) => {
    const { person, profile, tab } = await front.tabsSince(isRefused ? 0 : 20 * minute);
    if (isRefused) await answerInstead(tab, "/user/me/", refusedToken, 1);
    else await profile.setClock(0);
    const { held } = await holdAnswer(tab, "/jwt/refresh/");
    const lost = callOn(tab, "getMe").catch(() => "lost");
    const { text } = await held;
    expect(await storedSession(tab)).toMatchObject(person.pair);
    if (isLate) await passThirtySeconds(person);
    const next = await ends[how](tab, () => profile.open());
    expect(await lost).toBe("lost");
    return { person, profile, next, successor: JSON.parse(text).refresh as string };
  };

  it.each([
    ["is closed", false],
    ["is closed", true],
    ["goes to the next page", false],
    ["goes to the next page", true],
  ] as const)("%s, after a refusal: %s, and the next page goes on", async (how, isRefused) => {
    const { person, next, successor } = await endDuringRenewal(how, isRefused);
    expect(await callOn(next, "getMe")).toMatchObject({ code: null });
    expect((await storedSession(next))?.refresh).toBe(successor);
    expect(await sessionsOf(person)).toHaveLength(1);
    expect(await lettersTo(person.email)).toEqual([]);
  });

  it("the next page renews at once, even if it calls nothing", async () => {
    const { next, successor } = await endDuringRenewal("goes to the next page", false);
    await eventually(
      "the renewed session",
      async () => (await storedSession(next))?.refresh === successor || undefined,
      { deadlineSeconds: 5 },
    );
  });

  it("takes no newer tokens away that it did not see yet", async () => {
    const { person, profile, tabs } = await front.tabsSince(20 * minute, { count: 2 });
    await profile.setClock(0);
    // Browsers show what another process has stored a moment later. Here, the moment is long.
    await tabs[1].evaluate(() => {
      const { localStorage } = globalThis as unknown as InPage;
      const seen = { ...localStorage };
      Object.assign(Object.getPrototypeOf(localStorage), { getItem: (name: string) => seen[name] ?? null });
    });
    expect(await callOn(tabs[0], "getMe")).toMatchObject({ code: null });
    const renewed = await storedSession(tabs[0]);
    expect(renewed?.refresh).not.toBe(person.pair.refresh);
    const { held } = await holdAnswer(tabs[1], "/jwt/refresh/");
    const lost = callOn(tabs[1], "getMe").catch(() => "lost");
    await held;
    await tabs[1].close();
    expect(await lost).toBe("lost");
    expect((await storedSession(await profile.open("?memory")))?.refresh).toBe(renewed?.refresh);
  });

  it("after 30 seconds, the lost answer costs a new sign-in", async () => {
    const { person, profile, next } = await endDuringRenewal("goes to the next page", false, true);
    expect((await callOn(next, "getMe")).code).toMatch(/^(token_not_valid|not_authenticated)$/);
    for (const tab of [next, await profile.open()])
      await showing(tab, { status: "signed_out", reason: "session_ended" });
    await letterTo(person.email);
  });
});

describe("use of a stolen older token", () => {
  it("ends all tabs with one clear state", async () => {
    const person = await renewedSession(front.stack());
    const profile = await front.openProfile();
    const tabs = (await profile.openMany(3)) as [Page, ...Page[]];
    await signInWith(tabs[0], person);
    for (const tab of tabs) await showing(tab, { status: "signed_in", userId: person.id });
    expect((await call("refreshToken", { refresh: person.older.refresh })).status).toBe(401);
    expect(await sessionsOf(person)).toEqual([]);
    expect(await callOn(tabs[0], "getMe")).toMatchObject({ code: "token_not_valid" });
    for (const tab of [...tabs, await profile.open()])
      await showing(tab, { status: "signed_out", reason: "session_ended" });
    expect(JSON.stringify(await storedTexts(tabs[0]))).not.toContain("eyJ");
    await letterTo(person.email);
    await expect.poll(() => profile.sentTo("/jwt/refresh/")).toHaveLength(1);
  });
});
