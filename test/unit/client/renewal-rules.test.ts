import { describe, expect, it } from "vitest";
import { cookieStorage, webStorage, type Storage } from "../../../client/create-client.ts";
import {
  clientOn,
  inBrowser,
  codeOf,
  endAtService,
  signedInPage,
  storedPair,
} from "../../support/client/client-worlds.ts";
import {
  answer,
  claimsOf,
  gate,
  hanging,
  hangingAfter,
  lostAfter,
  lostBefore,
  refused,
  text,
  useFakeService,
  type Fault,
} from "../../support/client/fake-service.ts";
import {
  pass,
  passSeconds,
  settled,
  shiftDeviceClock,
  turn,
  useFakeTime,
} from "../../support/client/fake-time.ts";
import { slowly, WebStore } from "../../support/client/test-stores.ts";

useFakeTime();
const current = useFakeService();

const renewals = () => current.service.named("refreshToken").length;

describe("renewal before the end", () => {
  it("begins when a minute is left, and not before", async () => {
    const { client } = await signedInPage();
    await passSeconds(839);
    expect(codeOf(await settled(client.getMe()))).toBeNull();
    expect(renewals()).toBe(0);
    await passSeconds(2);
    expect(codeOf(await settled(client.getMe()))).toBeNull();
    expect([renewals(), current.service.named("getMe").length]).toEqual([1, 2]);
  });

  it("begins after three quarters of a short life", async () => {
    current.service.accessSeconds = 100;
    const { client } = await signedInPage();
    await passSeconds(74);
    await settled(client.getMe());
    expect(renewals()).toBe(0);
    await passSeconds(2);
    await settled(client.getMe());
    expect(renewals()).toBe(1);
  });

  it("waits for no call: a quiet page renews nothing", async () => {
    await signedInPage();
    await passSeconds(4 * 3600);
    expect(renewals()).toBe(0);
  });

  it("is shared by all calls of a page", async () => {
    const { client } = await signedInPage();
    await passSeconds(1000);
    const { fault, open, arrived } = gate();
    current.service.once("refreshToken", fault);
    const early = [client.getMe(), client.listSessions(), client.getAccessToken()];
    await arrived;
    const late = [client.exportMe(), client.getActivity()];
    await turn();
    open();
    const results = await settled(Promise.all<{ error: { code: string } | null }>([...early, ...late]));
    expect(results.map(codeOf)).toEqual([null, null, null, null, null]);
    expect(renewals()).toBe(1);
  });

  const storages: [string, (store: WebStore) => Storage][] = [
    ["at once", (store) => webStorage(store)],
    ["later", (store) => webStorage(slowly(store, () => 7))],
  ];
  it.each(storages)("is found by another client if its store answers %s", async (_, storageOf) => {
    const { client, store } = await signedInPage();
    const others = [clientOn(storageOf(store)), clientOn(storageOf(store))];
    await passSeconds(1000);
    await settled(client.getMe());
    for (const other of others) expect(codeOf(await settled(other.getMe()))).toBeNull();
    expect(renewals()).toBe(1);
  });

  it("of several clients at once ends with one token for all", async () => {
    const { client, store } = await signedInPage();
    const clients = [client, clientOn(webStorage(store)), clientOn(webStorage(slowly(store, () => 3)))];
    await passSeconds(1000);
    const results = await settled(Promise.all(clients.map((each) => each.getMe())));
    expect(results.map(codeOf)).toEqual([null, null, null]);
    const [session] = current.service.live();
    expect(storedPair(store)?.refresh).toBe(session?.refreshTokens.at(-1));
    await passSeconds(1000);
    for (const each of clients) expect(codeOf(await settled(each.getMe()))).toBeNull();
    expect(current.service.replays).toEqual([]);
  });

  it.each([-3600, 3600, -86_400 * 400])("works with a clock that is %i seconds wrong", async (seconds) => {
    shiftDeviceClock(seconds);
    const { client } = await signedInPage();
    await passSeconds(839);
    await settled(client.getMe());
    expect(renewals()).toBe(0);
    await passSeconds(60);
    expect(codeOf(await settled(client.getMe()))).toBeNull();
    expect([renewals(), current.service.named("getMe").length]).toEqual([1, 2]);
  });

  it.each([-7200, -600, 600, 7200])("survives a clock that moves by %i seconds", async (seconds) => {
    const { client } = await signedInPage();
    await passSeconds(500);
    shiftDeviceClock(seconds);
    expect(codeOf(await settled(client.getMe()))).toBeNull();
    await passSeconds(500);
    expect(codeOf(await settled(client.getMe()))).toBeNull();
    expect(renewals()).toBeLessThanOrEqual(2);
  });
});

// A clock that is set back by less than the token's age looks right, and only calls find out.
it("no ended access token is given out after a clock change", async () => {
  const { client } = await signedInPage();
  shiftDeviceClock(-7200);
  await passSeconds(1000);
  const { data } = await settled(client.getAccessToken());
  expect(claimsOf(data ?? "").exp).toBeGreaterThan(current.service.now());
});

describe("renewal after a refused token", () => {
  it("repeats the call once, with the new token", async () => {
    const { client, store } = await signedInPage();
    const before = storedPair(store)?.access;
    current.service.once("updateMe", refused("token_not_valid"));
    expect(codeOf(await settled(client.updateMe({ first_name: "Ada" })))).toBeNull();
    const tokens = current.service.named("updateMe").map(({ headers }) => headers.get("authorization"));
    expect(tokens).toEqual([`Bearer ${before}`, `Bearer ${storedPair(store)?.access}`]);
    expect(current.service.named("updateMe").map(({ body }) => body)).toEqual([
      { first_name: "Ada" },
      { first_name: "Ada" },
    ]);
    expect(renewals()).toBe(1);
  });

  it("never repeats the call twice, and keeps the session", async () => {
    const { client, store } = await signedInPage();
    current.service.once("getMe", refused("token_not_valid"));
    current.service.once("getMe", refused("token_not_valid"));
    expect(codeOf(await settled(client.getMe()))).toBe("token_not_valid");
    expect([renewals(), current.service.named("getMe").length]).toEqual([1, 2]);
    expect(storedPair(store)).toBeDefined();
  });

  it.each(["no_active_account", "not_authenticated", "throttled", "service_unavailable"] as const)(
    "is no answer to %s",
    async (code) => {
      const { client, store } = await signedInPage();
      current.service.once("getMe", refused(code));
      expect(codeOf(await settled(client.getMe()))).toBe(code);
      expect([renewals(), current.service.named("getMe").length]).toEqual([0, 1]);
      expect(storedPair(store)).toBeDefined();
    },
  );

  it("ends the session if the service has ended it", async () => {
    const { client, store } = await signedInPage();
    endAtService(current.service);
    expect(codeOf(await settled(client.getMe()))).toBe("token_not_valid");
    expect(client.getSnapshot()).toEqual({ status: "signed_out", reason: "session_ended" });
    expect(storedPair(store)).toBeUndefined();
    expect(renewals()).toBe(1);
    expect(codeOf(await settled(client.getMe()))).toBe("not_authenticated");
    expect(renewals()).toBe(1);
  });
});

const failures: [string, Fault, string][] = [
  ["a lost request", lostBefore, "no_answer"],
  ["a 500", refused("unexpected_failure"), "unexpected_failure"],
  ["a 503", refused("service_unavailable"), "service_unavailable"],
  ["a 502 page", text(502, "<html>Bad gateway</html>"), "unexpected_answer"],
  ["a page of a hotel's network", text(200, "<html>Log in</html>"), "unexpected_answer"],
  ["a redirect", text(302, null, { location: "https://evil.example.com" }), "unexpected_answer"],
  ["a 429", refused("throttled"), "throttled"],
  ["a 400", refused("parse_error"), "parse_error"],
  ["a 403", answer(403, { message: "Forbidden" }), "unexpected_answer"],
  ["a 404", answer(404, {}), "unexpected_answer"],
  ["a 401 of a proxy", text(401, "Unauthorized"), "unexpected_answer"],
  ["a 401 of a gateway", answer(401, { message: "Unauthorized" }), "unexpected_answer"],
  ["our code with another status", answer(403, { code: "token_not_valid", detail: "-" }), "token_not_valid"],
];

describe("failing renewal", () => {
  it.each(failures)("by %s goes on with a valid token", async (_, fault) => {
    const { client, store } = await signedInPage();
    const { refresh } = storedPair(store) ?? {};
    await passSeconds(850);
    current.service.everyRequest = (act, call) => (call.name === "refreshToken" ? fault(act, call) : act());
    expect(codeOf(await settled(client.getMe()))).toBeNull();
    expect((await settled(client.getAccessToken())).data).toBe(storedPair(store)?.access);
    expect(storedPair(store)?.refresh).toBe(refresh);
    current.service.everyRequest = (act) => act();
    await passSeconds(70);
    expect(codeOf(await settled(client.getMe()))).toBeNull();
  });

  it.each(failures)("by %s is the error once the token has ended", async (_, fault, code) => {
    const { client, store } = await signedInPage();
    await passSeconds(1000);
    current.service.everyRequest = (act, call) => (call.name === "refreshToken" ? fault(act, call) : act());
    expect(codeOf(await settled(client.getMe()))).toBe(code);
    expect(current.service.named("getMe")).toEqual([]);
    expect(codeOf(await settled(client.getAccessToken()))).toBe(code);
    expect(storedPair(store)).toBeDefined();
    expect(client.getSnapshot().status).toBe("signed_in");
    current.service.everyRequest = (act) => act();
    await passSeconds(5);
    expect(codeOf(await settled(client.getMe()))).toBeNull();
  });

  it.each(["token_not_valid", "user_inactive", "user_not_found"] as const)(
    "by %s ends the session",
    async (code) => {
      const { client, store } = await signedInPage();
      await passSeconds(1000);
      current.service.once("refreshToken", refused(code));
      expect(codeOf(await settled(client.getMe()))).toBe(code);
      expect(client.getSnapshot()).toEqual({ status: "signed_out", reason: "session_ended" });
      expect(storedPair(store)).toBeUndefined();
    },
  );

  it.each(["user_inactive", "user_not_found"] as const)("of an account with %s isn't tried", async (code) => {
    const { client, store } = await signedInPage();
    current.service.once("getMe", refused(code));
    expect(codeOf(await settled(client.getMe()))).toBe(code);
    expect(client.getSnapshot()).toEqual({ status: "signed_out", reason: "session_ended" });
    expect(storedPair(store)).toBeUndefined();
    expect(renewals()).toBe(0);
  });

  it.each([
    [429, 40],
    [503, 40],
  ])("by %i waits as long as Retry-After says", async (status, seconds) => {
    const { client } = await signedInPage();
    await passSeconds(1000);
    const body = { detail: "Wait.", code: status === 429 ? "throttled" : "service_unavailable" };
    const busy = answer(status, body, { "retry-after": String(seconds) });
    current.service.everyRequest = (act, call) => (call.name === "refreshToken" ? busy(act, call) : act());
    const { error } = await settled(client.getMe());
    expect(error).toMatchObject({ code: body.code, status, retryAfterSeconds: seconds });
    const sent = renewals();
    current.service.everyRequest = (act) => act();
    await passSeconds(seconds - 5);
    expect(codeOf(await settled(client.getMe()))).toBe(body.code);
    expect(renewals()).toBe(sent);
    await passSeconds(10);
    expect(codeOf(await settled(client.getMe()))).toBeNull();
  });

  it("is not remembered if no call waited for it", async () => {
    const { client } = await signedInPage();
    await passSeconds(1000);
    current.service.everyRequest = lostBefore;
    const leaving = new AbortController();
    const waiting = client.getMe({ signal: leaving.signal });
    await turn();
    leaving.abort();
    expect(codeOf(await settled(waiting))).toBe("aborted");
    await passSeconds(60);
    current.service.everyRequest = (act) => act();
    expect(codeOf(await settled(client.getMe()))).toBeNull();
  });

  it("doesn't flood the service", async () => {
    const { client } = await signedInPage();
    await passSeconds(1000);
    current.service.everyRequest = lostBefore;
    for (let calls = 0; calls < 50; calls += 1) await settled(client.getMe());
    expect(renewals()).toBeLessThanOrEqual(4);
  });
});

describe("renewal without an answer", () => {
  it.each<[string, Fault]>([
    ["by the network", lostAfter],
    ["in a request that hangs", hangingAfter],
    ["before it arrives", hanging],
    ["in a 504", (act) => (act(), answer(504, { message: "Endpoint request timed out" })(act, {} as never))],
  ])("%s is repeated in time", async (_, fault) => {
    const { client, store } = await signedInPage();
    await passSeconds(1000);
    current.service.once("refreshToken", fault);
    const began = performance.now();
    expect(codeOf(await settled(client.getMe()))).toBeNull();
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(renewals()).toBe(2);
    const [session] = current.service.live();
    expect(storedPair(store)?.refresh).toBe(session?.refreshTokens.at(-1));
    await passSeconds(1000);
    expect(codeOf(await settled(client.getMe()))).toBeNull();
    expect(current.service.replays).toEqual([]);
  });

  it("waits no longer than the service accepts the replaced token", async () => {
    const { client } = await signedInPage();
    await passSeconds(1000);
    const sentAt: number[] = [];
    current.service.everyRequest = () => {
      sentAt.push(performance.now());
      return new Promise(() => {});
    };
    const began = performance.now();
    expect(codeOf(await settled(client.getMe()))).toBe("no_answer");
    expect(sentAt).toHaveLength(2);
    expect(performance.now() - began).toBeLessThan(29_000);
  });

  it.each(["getMe", "getAccessToken"] as const)("and without its page is repeated by %s", async (name) => {
    const store = new WebStore();
    await signedInPage("ada", store);
    // This page reads, sends and never learns the answer.
    let isDead = false;
    const dying = {
      ...webStorage(store),
      get: (key: string) => (isDead ? new Promise<null>(() => {}) : store.getItem(key)),
    };
    await passSeconds(1000);
    current.service.once("refreshToken", hangingAfter);
    void clientOn(dying).getMe();
    await turn();
    isDead = true;
    expect(renewals()).toBe(1);
    await passSeconds(5);
    const next = inBrowser(() => clientOn(webStorage(store)));
    // The page that is opened asks again at once, before anything calls.
    await pass(100);
    expect(renewals()).toBe(2);
    expect(codeOf(await settled<{ error: { code: string } | null }>(next[name]()))).toBeNull();
    expect(renewals()).toBe(2);
    const [session] = current.service.live();
    expect(storedPair(store)?.refresh).toBe(session?.refreshTokens.at(-1));
    await settled(next.getMe());
    expect(renewals()).toBe(2);
  });

  it("and then refused ends no session that another page has renewed", async () => {
    const { client, store } = await signedInPage();
    await passSeconds(1000);
    const { fault, open, arrived } = gate();
    current.service.once("refreshToken", async (act, call) => {
      await fault(() => new Response(), call);
      return refused("token_not_valid")(act, call);
    });
    const waiting = client.getMe();
    await arrived;
    expect(codeOf(await settled(clientOn(webStorage(store)).getMe()))).toBeNull();
    open();
    await settled(waiting);
    expect(storedPair(store)?.refresh).toBe(current.service.live()[0]?.refreshTokens.at(-1));
    expect(codeOf(await settled(client.getMe()))).toBeNull();
  });

  it("is not sent anew if another page has renewed meanwhile", async () => {
    const { client, store } = await signedInPage();
    const other = clientOn(webStorage(store));
    await passSeconds(1000);
    current.service.once("refreshToken", hangingAfter);
    const waiting = client.getMe();
    await pass(1000);
    expect(codeOf(await settled(other.getMe()))).toBeNull();
    await passSeconds(31);
    expect(codeOf(await settled(waiting))).toBeNull();
    expect(current.service.replays).toEqual([]);
    expect(renewals()).toBe(2);
  });
});

describe("new tokens", () => {
  // The answers come a number of microtasks after each other, so each order of steps occurs once.
  it.each(["confirmEmail", "setPassword"] as const)(
    "are never replaced by older ones that %s read",
    async (name) => {
      for (let steps = -25; steps <= 25; steps += 1) {
        const { client, store } = await signedInPage();
        const [change, renewal] = [gate(true), gate(true)];
        current.service.once(name, change.fault);
        const changing =
          name === "confirmEmail"
            ? client.confirmEmail({ otp_code: "1" })
            : client.setPassword({ current_password: "1", new_password: "2" });
        await change.arrived;
        await passSeconds(30);
        shiftDeviceClock(850);
        current.service.once("refreshToken", renewal.fault);
        const asking = client.getMe();
        await renewal.arrived;
        const gates = steps < 0 ? [change, renewal] : [renewal, change];
        gates[0]?.open();
        for (let step = 0; step < Math.abs(steps); step += 1) await Promise.resolve();
        gates[1]?.open();
        expect((await settled(Promise.all([changing, asking]))).map(codeOf)).toEqual([null, null]);
        const session = current.service.live().at(-1);
        expect([steps, storedPair(store)?.refresh]).toEqual([steps, session?.refreshTokens.at(-1)]);
      }
    },
  );
});

describe("client that can't write", () => {
  it("renews nothing and sends what it has", async () => {
    const { store } = await signedInPage();
    const reading = clientOn({ get: webStorage(store).get });
    const cookies = clientOn(cookieStorage({ get: (name) => store.getItem(name) }));
    await passSeconds(850);
    for (const client of [reading, cookies]) {
      expect(codeOf(await settled(client.getMe()))).toBeNull();
      expect((await settled(client.getAccessToken())).data).toBe(storedPair(store)?.access);
    }
    await passSeconds(100);
    for (const client of [reading, cookies])
      expect(codeOf(await settled(client.getMe()))).toBe("token_not_valid");
    expect(renewals()).toBe(0);
    expect(storedPair(store)).toBeDefined();
    expect(current.service.live()).toHaveLength(1);
  });
});
