import { describe, expect, it } from "vitest";
import { createClient, memoryStorage, webStorage, type Client } from "../../../client/create-client.ts";
import {
  clientOn,
  codeOf,
  signedInPage,
  signIn,
  storedPair,
  storedSessionId,
} from "../../support/client/client-worlds.ts";
import {
  claimsOf,
  emailOf,
  gate,
  goodCode,
  hanging,
  hangingAfter,
  lostBefore,
  refused,
  useFakeService,
} from "../../support/client/fake-service.ts";
import { passSeconds, settled, turn, useFakeTime } from "../../support/client/fake-time.ts";
import { slowly, WebStore } from "../../support/client/test-stores.ts";

useFakeTime();
const current = useFakeService();

const tokensIn = (store: WebStore): string[] => store.toString().match(/\w+\.\w+\.unsigned/g) ?? [];

/** Signed out here and at the service, and it stays so whatever this page still does. */
const expectSignedOut = async (client: Client, store: WebStore, sessionId: string | undefined) => {
  const check = () => {
    expect(tokensIn(store)).toEqual([]);
    expect(client.getSnapshot()).toEqual({ status: "signed_out" });
  };
  check();
  await passSeconds(60);
  check();
  expect(codeOf(await settled(client.getMe()))).toBe("not_authenticated");
  check();
  const ended = current.service.named("logout").map(({ body }) => claimsOf(String(body?.["refresh"])).sid);
  expect(ended).toContain(sessionId);
  expect(current.service.sessions.get(sessionId ?? "")?.endedBy).toBeDefined();
};

describe("sign-out", () => {
  it("forgets before the service answers, and ends the session there", async () => {
    const { client, store } = await signedInPage();
    const id = storedSessionId(store);
    const { fault, open, arrived } = gate();
    current.service.once("logout", fault);
    const leaving = client.signOut();
    await arrived;
    expect(tokensIn(store)).toEqual([]);
    expect(client.getSnapshot()).toEqual({ status: "signed_out" });
    open();
    expect(await settled(leaving)).toMatchObject({ error: null });
    await expectSignedOut(client, store, id);
    expect(current.service.named("logout")[0]).toMatchObject({ keepalive: true, sessionId: id });
  });

  it("without a network forgets, and says what failed", async () => {
    const { client, store } = await signedInPage();
    current.service.everyRequest = lostBefore;
    expect(codeOf(await settled(client.signOut()))).toBe("no_answer");
    expect(tokensIn(store)).toEqual([]);
    expect(client.getSnapshot()).toEqual({ status: "signed_out" });
    await passSeconds(60);
    expect(tokensIn(store)).toEqual([]);
  });

  it("succeeds without a session, and if the service has ended it", async () => {
    const client = clientOn(memoryStorage());
    expect(await settled(client.signOut())).toEqual({ data: undefined, error: null });
    expect(current.service.calls).toEqual([]);
    const page = await signedInPage();
    current.service.once("logout", refused("token_not_valid"));
    expect(codeOf(await settled(page.client.signOut()))).toBeNull();
    expect(tokensIn(page.store)).toEqual([]);
  });

  it("twice at once ends one session and answers twice", async () => {
    const { client, store } = await signedInPage();
    const id = storedSessionId(store);
    const results = await settled(Promise.all([client.signOut(), client.signOut()]));
    expect(results.map(codeOf)).toEqual([null, null]);
    await expectSignedOut(client, store, id);
  });
});

/** Starts work that is on its way when the sign-out comes. */
const works: Record<string, (client: Client) => Promise<unknown>> = {
  "a renewal": (client) => client.getMe(),
  "a renewal for an access token": (client) => client.getAccessToken(),
  "a call": (client) => client.updateMe({ first_name: "Ada" }),
  "a call that ends other sessions": (client) => client.endOtherSessions(),
  "a call that changes the address": (client) => client.confirmEmail({ otp_code: goodCode }),
};

const held = { "a renewal": "refreshToken", "a renewal for an access token": "refreshToken" } as const;
const heldBy = (name: string) =>
  (held as Record<string, "refreshToken">)[name] ??
  ({
    "a call": "updateMe",
    "a call that ends other sessions": "endOtherSessions",
    "a call that changes the address": "confirmEmail",
  }[name] as "updateMe");
const cases = Object.entries(works).flatMap(([name, work]) =>
  [false, true].map((afterActing) => [name, afterActing ? "acted" : "got it", work, afterActing] as const),
);

describe("sign-out wins", () => {
  it.each(cases)("over %s, when the service has %s", async (name, _, work, afterActing) => {
    const { client, store } = await signedInPage();
    const id = storedSessionId(store);
    if (name in held) await passSeconds(850);
    const { fault, open, arrived } = gate(afterActing);
    current.service.once(heldBy(name), fault);
    const working = work(client);
    await arrived;
    const leaving = client.signOut();
    await turn();
    expect(tokensIn(store)).toEqual([]);
    open();
    await settled(Promise.all([working, leaving]));
    await expectSignedOut(client, store, id);
  });

  it.each(Object.entries(works))("over %s that is repeated with a new token", async (name, work) => {
    const { client, store } = await signedInPage();
    const id = storedSessionId(store);
    if (name in held) await passSeconds(850);
    else current.service.once(heldBy(name), refused("token_not_valid"));
    const { fault, open, arrived } = gate(true);
    current.service.once("refreshToken", fault);
    const working = work(client);
    await arrived;
    const leaving = client.signOut();
    open();
    await settled(Promise.all([working, leaving]));
    await expectSignedOut(client, store, id);
    const sent = current.service.calls.filter(({ headers }) => headers.has("authorization"));
    expect(sent.filter(({ sessionId }) => sessionId === id).length).toBeLessThanOrEqual(2);
  });

  // The sign-out starts a number of microtasks after the answer, so each order of steps occurs once.
  it.each(cases)("over %s at every moment after the service has %s", async (name, _, work, afterActing) => {
    for (let steps = 0; steps < 60; steps += 1) {
      const { client, store } = await signedInPage();
      const id = storedSessionId(store);
      if (name in held) await passSeconds(850);
      const { fault, open, arrived } = gate(afterActing);
      current.service.once(heldBy(name), fault);
      const working = work(client);
      await arrived;
      // No answer helps to forget.
      current.service.everyRequest = hanging;
      open();
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      const leaving = client.signOut();
      await turn();
      expect({ steps, tokens: tokensIn(store), ...client.getSnapshot() }).toEqual({
        steps,
        tokens: [],
        status: "signed_out",
      });
      current.service.everyRequest = (act) => act();
      await settled(Promise.all([working, leaving]));
      expect([id, tokensIn(store)]).toEqual([id, []]);
    }
  });

  it("at every moment of a renewal's beginning", async () => {
    for (let steps = 0; steps < 60; steps += 1) {
      const { client, store } = await signedInPage();
      await passSeconds(850);
      current.service.everyRequest = hanging;
      const working = client.getMe();
      for (let step = 0; step < steps; step += 1) await Promise.resolve();
      const leaving = client.signOut();
      await turn();
      expect({ steps, tokens: tokensIn(store), ...client.getSnapshot() }).toEqual({
        steps,
        tokens: [],
        status: "signed_out",
      });
      current.service.everyRequest = (act) => act();
      await settled(Promise.all([working, leaving]));
    }
  });

  it("over a store that answers late, whatever comes first", async () => {
    for (let seed = 1; seed <= 80; seed += 1) {
      let state = seed;
      const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
      const store = new WebStore();
      const client = clientOn(webStorage(slowly(store, () => Math.ceil(random() * 40))));
      await signIn(client, "ada");
      const id = storedSessionId(store);
      await passSeconds(850);
      current.service.everyRequest = async (act) => {
        await new Promise((resolve) => setTimeout(resolve, Math.ceil(random() * 40)));
        const answer = act();
        await new Promise((resolve) => setTimeout(resolve, Math.ceil(random() * 40)));
        return answer;
      };
      const working = [client.getMe(), client.confirmEmail({ otp_code: goodCode })];
      await new Promise((resolve) => resolve(passSeconds(random() / 4)));
      const leaving = client.signOut();
      await settled(Promise.all([...working, leaving]));
      await passSeconds(1);
      expect([seed, tokensIn(store), client.getSnapshot()]).toEqual([seed, [], { status: "signed_out" }]);
      expect([seed, current.service.sessions.get(id ?? "")?.endedBy]).toEqual([seed, "logout"]);
      current.service.everyRequest = (act) => act();
    }
  });

  it("but a later sign-in stays", async () => {
    const { client, store } = await signedInPage();
    const first = storedSessionId(store);
    const { fault, open, arrived } = gate();
    current.service.once("logout", fault);
    const leaving = client.signOut();
    await arrived;
    await signIn(client, "bob");
    open();
    await settled(leaving);
    await passSeconds(60);
    expect(client.getSnapshot()).toMatchObject({ status: "signed_in", userId: "bob" });
    expect(storedSessionId(store)).not.toBe(first);
    expect(current.service.live().map(({ userId }) => userId)).toEqual(["bob"]);
    expect((await settled(client.getMe())).data).toMatchObject({ id: "bob" });
  });

  it.each([false, true])("while a sign-in is on its way, leaves no second session (%s)", async (acted) => {
    const { client, store } = await signedInPage();
    const first = storedSessionId(store) ?? "";
    const { fault, open, arrived } = gate(acted);
    current.service.once("createToken", fault);
    const entering = client.createToken({ email: emailOf("bob"), otp_code: goodCode });
    await arrived;
    const leaving = client.signOut();
    open();
    await settled(Promise.all([entering, leaving]));
    expect(current.service.sessions.get(first)?.endedBy).toBe("logout");
    expect(store.toString()).not.toContain(first);
    const [pair] = [storedPair(store)];
    const alive = current.service.live().map(({ id }) => id);
    expect(alive).toEqual(pair ? [claimsOf(pair.refresh).sid] : []);
  });
});

describe("a sign-in as another person", () => {
  it("ends the earlier session at the service", async () => {
    const { client, store } = await signedInPage();
    await signIn(client, "bob");
    await turn();
    expect(current.service.live().map(({ userId }) => userId)).toEqual(["bob"]);
    expect(claimsOf(storedPair(store)?.refresh ?? "").sub).toBe("bob");
  });

  it("during a renewal gives no one another person's token", async () => {
    const { client, store } = await signedInPage();
    await passSeconds(1000);
    const { fault, open, arrived } = gate(true);
    current.service.once("refreshToken", fault);
    const working = client.deleteMe({ current_password: "Ada's" });
    await arrived;
    await signIn(client, "bob");
    open();
    expect(codeOf(await settled(working))).toBe("not_authenticated");
    expect(current.service.named("deleteMe")).toEqual([]);
    expect(claimsOf(storedPair(store)?.refresh ?? "").sub).toBe("bob");
    expect(client.getSnapshot()).toMatchObject({ status: "signed_in", userId: "bob" });
  });

  it("before a repetition lets no call go on as that person", async () => {
    const { client } = await signedInPage();
    const { fault, open, arrived } = gate();
    current.service.once("setPassword", async (act, call) => {
      await fault(act, call);
      return refused("token_not_valid")(act, call);
    });
    const working = client.setPassword({ current_password: "Ada's", new_password: "Ada's new" });
    await arrived;
    await signIn(client, "bob");
    open();
    expect(codeOf(await settled(working))).toMatch(/^(not_authenticated|token_not_valid)$/);
    expect(current.service.named("setPassword").map(({ userId }) => userId)).toEqual(["ada"]);
    expect(client.getSnapshot()).toMatchObject({ status: "signed_in", userId: "bob" });
  });

  it("survives the end of the earlier one's session and account", async () => {
    const { client } = await signedInPage();
    for (const code of ["user_inactive", "user_not_found"] as const) {
      const { fault, open, arrived } = gate();
      current.service.once("getMe", async (act, call) => {
        await fault(act, call);
        return refused(code)(act, call);
      });
      const working = client.getMe();
      await arrived;
      await signIn(client, "bob");
      open();
      expect(codeOf(await settled(working))).toBe(code);
      expect(client.getSnapshot()).toMatchObject({ status: "signed_in", userId: "bob" });
    }
  });

  it("and a deletion by the first one don't sign the second one out", async () => {
    const { client } = await signedInPage();
    const { fault, open, arrived } = gate(true);
    current.service.once("deleteMe", fault);
    const working = client.deleteMe({ current_password: "Ada's" });
    await arrived;
    await signIn(client, "bob");
    open();
    expect(codeOf(await settled(working))).toBeNull();
    expect(client.getSnapshot()).toMatchObject({ status: "signed_in", userId: "bob" });
    expect((await settled(client.getMe())).data).toMatchObject({ id: "bob" });
  });
});

describe("two people in one process", () => {
  it("never share a token, with storages of their own", async () => {
    const people = ["ada", "bob"].map((person) => {
      const store = new WebStore();
      let seed = person === "ada" ? 7 : 11;
      const latency = () => (seed = (seed * 48_271) % 2_147_483_647) % 30;
      return { person, store, client: clientOn(webStorage(slowly(store, latency))) };
    });
    await Promise.all(people.map(({ client, person }) => signIn(client, person)));
    const seen: [string, string | undefined][] = [];
    for (let round = 0; round < 20; round += 1) {
      await passSeconds(round % 3 === 0 ? 850 : 1);
      const asked = people.map(async ({ person, client }) => {
        const [me, token] = await Promise.all([client.getMe(), client.getAccessToken()]);
        seen.push([person, me.data?.id], [person, claimsOf(token.data ?? "").sub]);
      });
      await settled(Promise.all(asked));
    }
    expect(seen.filter(([person, id]) => person !== id)).toEqual([]);
    expect(seen).toHaveLength(80);
    for (const { store, person } of people)
      expect(tokensIn(store).every((token) => claimsOf(token).sub === person)).toBe(true);
    await settled(people[0]!.client.signOut());
    expect((await settled(people[1]!.client.getMe())).data).toMatchObject({ id: "bob" });
  });

  it("share nothing of a module: a client has its own failures and news", async () => {
    const ada = createClient({ baseUrl: "https://auth.example.com", storage: memoryStorage() });
    const bob = createClient({ baseUrl: "https://auth.example.com", storage: memoryStorage() });
    await signIn(ada, "ada");
    await signIn(bob, "bob");
    await passSeconds(1000);
    current.service.once("refreshToken", refused("throttled"));
    expect(codeOf(await settled(ada.getMe()))).toBe("throttled");
    expect((await settled(bob.getMe())).data).toMatchObject({ id: "bob" });
    current.service.once("refreshToken", hangingAfter);
    await settled(bob.signOut());
    expect(ada.getSnapshot()).toMatchObject({ status: "signed_in", userId: "ada" });
  });
});
