// The client in a real Chromium when no answer comes, or another one than the service's.
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/assert/eventually.ts";
import { frontEnd } from "../support/client/front-end.ts";
import { sessionsOf } from "../support/client/past-sessions.ts";
import { answerInstead, holdAnswer } from "../support/client/slow-answers.ts";
import { callOn, snapshotOf, storedSession, type InPage, type Profile } from "../support/client/tabs.ts";

const front = frontEnd();

/** A tab with an access token that works or, if `isDue`, has ended. */
const tabOf = async ({ isDue = false, query = "" } = {}) => {
  const all = await front.tabsSince(isDue ? 1200 : 0, { query });
  if (isDue) await all.profile.setClock(0);
  return all;
};
type Tab = Awaited<ReturnType<typeof tabOf>>;

const expectKept = async ({ person, tab }: Pick<Tab, "person" | "tab">) => {
  expect(await snapshotOf(tab)).toMatchObject({ status: "signed_in", userId: person.id });
  expect(await storedSession(tab)).toMatchObject(person.pair);
};

/** A failure is remembered for a second, so that a broken service is not asked all the time. */
const expectToGoOn = ({ person, tab }: Pick<Tab, "person" | "tab">) =>
  eventually(
    "an answer",
    async () => {
      const { data, code } = await callOn(tab, "getMe");
      if (code !== null) return undefined;
      expect(data).toMatchObject({ id: person.id });
      return true;
    },
    { deadlineSeconds: 20 },
  );

describe("network that is gone", () => {
  type Break = (profile: Profile, tab: Page) => Promise<unknown>;
  const breaks: Record<string, [cut: Break, mend: Break]> = {
    offline: [({ context }) => context.setOffline(true), ({ context }) => context.setOffline(false)],
    unreachable: [
      (_, tab) => tab.route("**/api/**", (route) => route.abort()),
      (_, tab) => tab.unroute("**/api/**"),
    ],
  };

  it.each([
    ["offline", false],
    ["offline", true],
    ["unreachable", false],
    ["unreachable", true],
  ] as const)("%s, renewal due: %s, the session stays", async (name, isDue) => {
    const all = await tabOf({ isDue });
    const [cut, mend] = breaks[name]!;
    await cut(all.profile, all.tab);
    expect(await callOn(all.tab, "getMe")).toMatchObject({ code: "no_answer", status: 0 });
    await expectKept(all);
    await mend(all.profile, all.tab);
    await expectToGoOn(all);
    expect(await sessionsOf(all.person)).toHaveLength(1);
  });
});

describe("answers of others", () => {
  const html = "<!doctype html><title>Sign in to the network</title>";
  const unavailable = '{"detail":"Later.","code":"service_unavailable"}';
  const answers = {
    "a captive portal": { status: 200, contentType: "text/html", body: html },
    "a proxy that asks for a password": { status: 401, contentType: "text/html", body: html },
    "a firewall": { status: 403, contentType: "text/html", body: html },
    "a broken gateway": { status: 502, contentType: "text/html", body: html },
    "a busy service": { status: 503, contentType: "application/json", body: unavailable },
  };

  it.each(Object.keys(answers) as (keyof typeof answers)[])("from %s end no session", async (name) => {
    const { status } = answers[name];
    const code = status === 503 ? "service_unavailable" : "unexpected_answer";
    const happens = async (isDue: boolean, path: string) => {
      const all = await tabOf({ isDue });
      await answerInstead(all.tab, path, answers[name]);
      expect(await callOn(all.tab, "getMe")).toMatchObject({ code, status });
      await expectKept(all);
      await all.tab.unroute(`**${path}`);
      await expectToGoOn(all);
    };
    await Promise.all([happens(false, "/user/me/"), happens(true, "/jwt/refresh/")]);
  });

  it.each([[false], [true]])("redirects are errors, renewal due: %s", async (isDue) => {
    const query = `?base=${encodeURIComponent(`${front.site().url}/moved`)}`;
    const all = await tabOf({ isDue, query });
    expect(await callOn(all.tab, "getMe")).toMatchObject({ code: "unexpected_answer" });
    expect((await callOn(all.tab, "requestOtp", { email: "a@example.com", password: "x" })).code).toBe(
      "unexpected_answer",
    );
    await expectKept(all);
    const { arrived } = front.site();
    expect(arrived.filter((request) => request.includes("/moved/api/")).length).toBeGreaterThan(1);
    expect(arrived.filter((request) => request.includes("/elsewhere"))).toEqual([]);
  });
});

describe("what a page of another origin reads", () => {
  it("is the id of a request, as the service logs it", async () => {
    const { tab } = await tabOf();
    const answered = tab.waitForResponse(
      (response) => response.url().endsWith("/set_password/") && response.status() === 400,
    );
    const { requestId, code } = await callOn(tab, "setPassword", {
      current_password: "x",
      new_password: "y",
    });
    expect(code).toBe("fields_refused");
    expect(requestId).toBe((await answered).headers()["x-request-id"]);
    expect(requestId).toMatch(/^[\w-]{20,}$/);
  });
});

describe("calls of one tab", () => {
  it("share a renewal, and one that is cancelled ends alone", async () => {
    const { profile, tab } = await tabOf({ isDue: true });
    const { held } = await holdAnswer(tab, "/jwt/refresh/");
    await tab.evaluate(() => {
      const { client } = globalThis as unknown as InPage;
      const cancelling = new AbortController();
      const calls = [
        client["getMe"]!({ signal: cancelling.signal }),
        client["getMe"]!(),
        client["listSessions"]!(),
      ];
      Object.assign(globalThis, { cancelling, calls });
    });
    const { release } = await held;
    await tab.evaluate("cancelling.abort()");
    expect(await tab.evaluate("calls[0].then(({ error }) => error.code)")).toBe("aborted");
    await release();
    const codes = "Promise.all(calls.map((call) => call.then(({ error }) => error && error.code)))";
    expect(await tab.evaluate(codes)).toEqual(["aborted", null, null]);
    await expect.poll(() => profile.sentTo("/jwt/refresh/")).toHaveLength(1);
    await expect.poll(() => profile.sentTo("/user/me/")).toHaveLength(1);
  });

  it("do no harm if the page is closed", async () => {
    const { person, profile, tab } = await tabOf();
    const { held } = await holdAnswer(tab, "/user/me/");
    const lost = callOn(tab, "getMe").catch(() => "lost");
    await held;
    const other = await profile.open();
    await tab.close();
    expect(await lost).toBe("lost");
    await expectKept({ person, tab: other });
    expect(await callOn(other, "getMe")).toMatchObject({ data: { id: person.id } });
  });
});
