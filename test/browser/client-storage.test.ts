// What the client keeps in a real Chromium, where, and what other tabs hear of it.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/assert/eventually.ts";
import { call } from "../support/calls/api.ts";
import { frontEnd } from "../support/client/front-end.ts";
import { sessionSince, sessionsOf } from "../support/client/past-sessions.ts";
import { callOn, showing, signInWith, snapshotOf, storedTexts } from "../support/client/tabs.ts";
import { codeTo } from "../support/mail/letters.ts";
import { wrongCode } from "../support/mail/wrong-code.ts";
import { register } from "../support/people/people.ts";

const front = frontEnd();

const ended = (person: { id: string }) =>
  eventually("the session's end", async () => ((await sessionsOf(person)).length === 0 ? true : undefined));

describe("tabs that keep their session in memory", () => {
  const stores = `Promise.all([
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]),
    indexedDB.databases(), caches.keys(),
  ])`;

  it("write nothing anywhere, and a reload forgets", async () => {
    const person = await sessionSince(0, front.stack());
    const profile = await front.openProfile();
    const tab = await profile.open("?memory");
    const before = await tab.evaluate(stores);
    await signInWith(tab, { ...person, deviceToken: "device" });
    expect(await callOn(tab, "getMe")).toMatchObject({ data: { id: person.id } });
    expect(await tab.evaluate(stores)).toEqual(before);
    expect(before).toEqual([expect.stringMatching(/^\[\{\},\{\},"","http:[^"]+"\]$/), [], []]);
    expect(await profile.context.cookies()).toEqual([]);
    await tab.reload();
    expect(await snapshotOf(tab)).toEqual({ status: "signed_out" });
  });

  it("sign out the same person's other sessions, and only those", async () => {
    const ada = await sessionSince(0, front.stack());
    const again = await sessionSince(0, front.stack(), ada);
    const bea = await sessionSince(0, front.stack());
    const profile = await front.openProfile();
    const tabs = (await profile.openMany(3, "?memory")) as [Page, Page, Page];
    await signInWith(tabs[0], ada);
    await signInWith(tabs[1], again);
    await signInWith(tabs[2], bea);
    for (const tab of tabs) expect(await callOn(tab, "getMe")).toMatchObject({ code: null });
    expect(await callOn(tabs[0], "signOut")).toMatchObject({ code: null });
    for (const tab of [tabs[0], tabs[1]]) await showing(tab, { status: "signed_out" });
    await ended(ada);
    expect(await callOn(tabs[2], "getMe")).toMatchObject({ data: { id: bea.id } });
  });
});

describe("news between tabs", () => {
  it("carry no token", async () => {
    const profile = await front.openProfile();
    const tabs = (await profile.openMany(2)) as [Page, Page];
    const listener = await profile.open("?memory");
    const name = `lit-auth-${front.stack().url.replaceAll(/[^\w.]+/g, "-")}`;
    await listener.evaluate((name) => {
      const heard: unknown[] = [];
      new BroadcastChannel(name).addEventListener("message", (event) =>
        heard.push((event as Event & { data: unknown }).data),
      );
      Object.assign(globalThis, { heard });
    }, name);
    await profile.setClock(-1200);
    const [ada, bea] = [await sessionSince(1200, front.stack()), await sessionSince(1200, front.stack())];
    await signInWith(tabs[0], ada);
    await signInWith(tabs[0], bea);
    await showing(tabs[1], { status: "signed_in", userId: bea.id });
    await profile.setClock(0);
    expect((await callOn(tabs[1], "getMe")).code).toBeNull();
    await callOn(tabs[1], "signOut");
    const cora = await sessionSince(0, front.stack());
    await signInWith(tabs[0], cora);
    await call("logout", { refresh: cora.pair.refresh });
    expect((await callOn(tabs[0], "getMe")).code).toBe("token_not_valid");
    const heard = () => listener.evaluate("heard") as Promise<object[]>;
    await eventually("all news", async () => ((await heard()).length >= 5 ? true : undefined));
    for (const news of await heard()) {
      expect(Object.keys(news).filter((key) => !["id", "userId", "ending"].includes(key))).toEqual([]);
      expect(JSON.stringify(news)).not.toContain("eyJ");
    }
    expect(await heard()).toContainEqual({ id: bea.sessionId, userId: bea.id, ending: null });
    expect(await heard()).toContainEqual({
      id: cora.sessionId,
      userId: cora.id,
      ending: '{"reason":"session_ended"}',
    });
  });
});

describe("device tokens", () => {
  it("let a known browser in, and others read how long they wait", async () => {
    const person = await register();
    const { email, password } = person;
    const [known, unknown] = [await front.openProfile(), await front.openProfile()];
    const [tab, other] = [await known.open(), await unknown.open()];
    const activation = { email, otp_code: await codeTo(email) };
    expect(await callOn(tab, "activateUser", activation)).toMatchObject({ code: null });
    expect(await callOn(tab, "requestOtp", { email, password })).toMatchObject({ code: null });
    const right = { email, otp_code: await codeTo(email, 2) };
    for (let step = 1; step <= 5; step += 1)
      expect((await call("createToken", { email, otp_code: wrongCode(right.otp_code, step) })).status).toBe(
        401,
      );
    const refused = await callOn(other, "createToken", right);
    expect(refused).toMatchObject({ code: "too_many_code_guesses", status: 429 });
    expect(refused.retryAfterSeconds).toBeGreaterThan(0);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(300);
    expect(await callOn(tab, "createToken", right)).toMatchObject({ code: null });
    expect(await callOn(tab, "getMe")).toMatchObject({ data: { email } });
    await showing(other, { status: "signed_out" });
  });

  it("are kept for five addresses, none of which can be read", async () => {
    const first = await sessionSince(0, front.stack());
    const [profile, elsewhere] = [await front.openProfile(), await front.openProfile()];
    const [tab, other] = [await profile.open(), await elsewhere.open()];
    const emails = [1, 2, 3, 4, 5, 6].map((number) => `ada.lovelace.${number}@example.com`);
    for (const [index, email] of emails.entries()) {
      const { pair } = await sessionSince(0, front.stack(), first);
      await signInWith(tab, { pair, email, deviceToken: `device-${index + 1}` });
    }
    await signInWith(other, { ...first, email: emails[5]!, deviceToken: "device-6" });
    const kept = async (page: Page) =>
      Object.entries(await storedTexts(page)).find(([name]) => name.endsWith("-devices"))?.[1] ?? "";
    expect((await kept(tab)).match(/device-\d/g)?.toSorted()).toEqual(
      [2, 3, 4, 5, 6].map((number) => `device-${number}`),
    );
    expect(JSON.stringify(await storedTexts(tab))).not.toMatch(/lovelace|example\.com/i);
    // The salt differs, so that hashes of one browser say nothing about another one.
    const [hash] = Object.keys(JSON.parse(await kept(other)).tokens);
    expect(await kept(tab)).not.toContain(hash);
    for (const email of emails) await callOn(tab, "createToken", { email, otp_code: "000000" });
    const typed = { email: ` ${emails[5]!.toUpperCase()}`, otp_code: "000000" };
    await callOn(tab, "createToken", typed);
    const carried = () => profile.sentTo("/jwt/create/").map(({ headers }) => headers["x-device-token"]);
    await expect
      .poll(carried)
      .toEqual([undefined, "device-2", "device-3", "device-4", "device-5", "device-6", "device-6"]);
  });
});
