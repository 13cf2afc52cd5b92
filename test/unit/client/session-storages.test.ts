import { randomBytes } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import {
  cookieStorage,
  memoryStorage,
  webStorage,
  type CookieAttributes,
} from "../../../client/create-client.ts";
import {
  clientOn,
  codeOf,
  endAtService,
  signedInPage,
  signIn,
  storedPair,
} from "../../support/client/client-worlds.ts";
import { json, refused, useFakeService } from "../../support/client/fake-service.ts";
import { passSeconds, settled, turn, useFakeTime } from "../../support/client/fake-time.ts";
import { slowly, WebStore } from "../../support/client/test-stores.ts";

useFakeTime();
const current = useFakeService();

/** The cookies of one browser, as a server sees them. Values are written as they are given. */
const jar = () => {
  const cookies = new Map<string, string>();
  const written: { name: string; value: string; attributes: CookieAttributes }[] = [];
  return {
    cookies,
    written,
    get: (name: string) => cookies.get(name),
    set: (name: string, value: string, attributes: CookieAttributes) => {
      written.push({ name, value, attributes });
      if (attributes.maxAge > 0) cookies.set(name, value);
      else cookies.delete(name);
    },
  };
};

describe("memoryStorage", () => {
  it("keeps texts of its own", () => {
    const [one, other] = [memoryStorage(), memoryStorage()];
    void one.set?.("name", "text");
    expect([one.get("name"), other.get("name") ?? null, one.get("constructor") ?? null]).toEqual([
      "text",
      null,
      null,
    ]);
    void one.set?.("name", null);
    expect(one.get("name") ?? null).toBeNull();
  });
});

describe("webStorage", () => {
  it("removes what is forgotten", async () => {
    const { client, store } = await signedInPage();
    expect(store.texts.size).toBe(2);
    await settled(client.signOut());
    expect([...store.texts.keys()].filter((name) => !name.endsWith("-devices"))).toEqual([]);
  });

  it("works with a store that answers later", async () => {
    const store = new WebStore();
    const client = clientOn(webStorage(slowly(store, () => 20)));
    await signIn(client, "ada");
    const next = clientOn(webStorage(slowly(store, () => 20)));
    expect(next.getSnapshot()).toEqual({ status: "unknown" });
    expect((await settled(next.getMe())).data).toMatchObject({ id: "ada" });
    expect(next.getSnapshot()).toMatchObject({ status: "signed_in", userId: "ada" });
  });
});

describe("cookieStorage", () => {
  it("sets cookies that scripts and other sites can't use", async () => {
    const { written, ...cookies } = jar();
    const client = clientOn(cookieStorage(cookies));
    await signIn(client, "ada");
    await settled(client.signOut());
    expect(written.map(({ name }) => name)).toEqual(
      expect.arrayContaining([expect.stringMatching(/-devices$/), expect.stringMatching(/[^s]$/)]),
    );
    for (const { name, value, attributes } of written) {
      expect(name).toMatch(/^[\w!#$%&'*+.^`|~-]+$/);
      expect(value).toMatch(/^[\w!#$%&'()*+./:<=>?@[\]^`{|}~-]*$/);
      expect(attributes).toEqual({
        httpOnly: true,
        secure: true,
        sameSite: "lax",
        path: "/",
        maxAge: value === "" ? 0 : 30 * 86_400,
      });
    }
    expect(written.at(-1)).toMatchObject({ value: "", attributes: { maxAge: 0 } });
  });

  it("keeps a session over requests, and renews it there", async () => {
    const cookies = jar();
    await signIn(clientOn(cookieStorage(cookies)), "ada");
    for (let request = 0; request < 5; request += 1) {
      await passSeconds(1000);
      const client = clientOn(cookieStorage(cookies));
      expect((await settled(client.getMe())).data).toMatchObject({ id: "ada" });
    }
    expect(current.service.named("refreshToken")).toHaveLength(5);
    expect(current.service.replays).toEqual([]);
  });

  it.each([
    ["decoded once more", (value: string) => decodeURIComponent(value)],
    ["as they were set", (value: string) => value],
  ])("reads values that a framework gives %s", async (_, read) => {
    const cookies = jar();
    await signIn(clientOn(cookieStorage(cookies)), "ada");
    const get = (name: string) => {
      const value = cookies.get(name);
      return value === undefined ? undefined : read(value);
    };
    expect((await settled(clientOn(cookieStorage({ get })).getMe())).data).toMatchObject({ id: "ada" });
  });

  it.each(["%", "%E0%A4%A", "null", "", "x".repeat(5000)])("takes %j for no session", async (value) => {
    const client = clientOn(cookieStorage({ get: () => value }));
    expect(codeOf(await settled(client.getMe()))).toBe("not_authenticated");
    expect(client.getSnapshot()).toEqual({ status: "signed_out" });
  });

  it("writes nothing in a response that has begun", async () => {
    const cookies = jar();
    await signIn(clientOn(cookieStorage(cookies)), "ada");
    const before = [...cookies.cookies];
    await passSeconds(850);
    const reading = clientOn(cookieStorage({ get: cookies.get }));
    expect(codeOf(await settled(reading.getMe()))).toBeNull();
    endAtService(current.service);
    expect(codeOf(await settled(reading.getMe()))).toBe("token_not_valid");
    expect(current.service.named("refreshToken")).toEqual([]);
    expect([...cookies.cookies]).toEqual(before);
  });

  it("fits a session with tokens as long as ours into one cookie", async () => {
    // Like test/scenarios/client-account-flow.test.ts, which measures real ones.
    const cookies = jar();
    const client = clientOn(cookieStorage(cookies));
    current.service.once("createToken", (act) => {
      act();
      const [session] = current.service.live();
      const real = (type: string) => {
        const claims = {
          token_type: type,
          user_id: "0f8fad5b-d9cb-469f-a165-70867728950e",
          sid: session?.id,
          auth_time: 1_700_000_000,
          iss: "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/production",
          aud: "lit-auth",
          sub: "0f8fad5b-d9cb-469f-a165-70867728950e",
          jti: randomBytes(16).toString("hex"),
          iat: 1_700_000_000,
          exp: 1_700_000_900,
        };
        const header = { alg: "RS256", kid: randomBytes(16).toString("hex"), typ: "at+jwt" };
        const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
        return [...parts, randomBytes(256).toString("base64url")].join(".");
      };
      return json(201, { access: real("access"), refresh: real("refresh") }, { "x-device-token": "d" });
    });
    await signIn(client, "ada");
    const sizes = cookies.written.map(({ name, value }) => name.length + value.length + 1);
    expect(Math.max(...sizes)).toBeGreaterThan(1500);
    expect(Math.max(...sizes)).toBeLessThan(4096);
  });
});

describe("snapshot", () => {
  it("is known at once if the store answers at once", async () => {
    const { store } = await signedInPage();
    expect(clientOn(webStorage(store)).getSnapshot()).toMatchObject({ status: "signed_in", userId: "ada" });
    expect(clientOn(webStorage(new WebStore())).getSnapshot()).toEqual({ status: "signed_out" });
    expect(clientOn(memoryStorage()).getSnapshot()).toEqual({ status: "signed_out" });
  });

  it("becomes known and says so once if the store answers later", async () => {
    const { store } = await signedInPage();
    for (const [from, status] of [
      [store, "signed_in"],
      [new WebStore(), "signed_out"],
    ] as const) {
      const client = clientOn(webStorage(slowly(from, () => 10)));
      const listener = vi.fn();
      client.subscribe(listener);
      expect(client.getSnapshot()).toEqual({ status: "unknown" });
      await passSeconds(1);
      expect(client.getSnapshot().status).toBe(status);
      expect(listener).toHaveBeenCalledTimes(1);
    }
  });

  it("becomes known also if a slow store fails", async () => {
    const client = clientOn({ get: () => Promise.reject(new Error("no disk")), set: () => {} });
    await turn();
    expect(client.getSnapshot()).toEqual({ status: "signed_out" });
  });

  it("stays the same object while nothing changes", async () => {
    const { client } = await signedInPage();
    const snapshot = client.getSnapshot();
    const listener = vi.fn();
    client.subscribe(listener);
    await settled(client.getMe());
    await passSeconds(1000);
    await settled(Promise.all([client.getMe(), client.getAccessToken(), client.updateMe({})]));
    expect(current.service.named("refreshToken")).toHaveLength(1);
    expect(client.getSnapshot()).toBe(snapshot);
    expect(listener).not.toHaveBeenCalled();
  });

  it("changes once with a sign-in, another person, a sign-out, and an end", async () => {
    const client = clientOn(webStorage(new WebStore()));
    const seen: unknown[] = [];
    client.subscribe(() => seen.push(client.getSnapshot()));
    await signIn(client, "ada");
    await signIn(client, "bob");
    await settled(client.signOut());
    await signIn(client, "ada");
    endAtService(current.service);
    await settled(client.getMe());
    const sessionId = expect.any(String);
    expect(seen).toEqual([
      { status: "signed_in", userId: "ada", sessionId },
      { status: "signed_in", userId: "bob", sessionId },
      { status: "signed_out" },
      { status: "signed_in", userId: "ada", sessionId },
      { status: "signed_out", reason: "session_ended" },
    ]);
  });

  it.each([
    ["endSession", "its own session"],
    ["deleteMe", "the account"],
    ["logout", "its own token"],
  ] as const)("shows the end when %s ends %s", async (name, _) => {
    const { client, store } = await signedInPage();
    const { refresh = "" } = storedPair(store) ?? {};
    const [session] = current.service.live();
    const act = {
      endSession: () => client.endSession({ id: session?.id ?? "" }),
      deleteMe: () => client.deleteMe({ current_password: "p" }),
      logout: () => client.logout({ refresh }),
    }[name];
    expect(codeOf(await settled<{ error: { code: string } | null }>(act()))).toBeNull();
    expect(client.getSnapshot()).toEqual({ status: "signed_out" });
    expect(storedPair(store)).toBeUndefined();
  });

  it("stays when other sessions end, or an operation is refused", async () => {
    const { client } = await signedInPage();
    const other = await signedInPage();
    const snapshot = client.getSnapshot();
    const [, session] = current.service.live();
    await settled(client.endSession({ id: session?.id ?? "" }));
    for (const name of ["deleteMe", "endOtherSessions", "setPassword"] as const)
      current.service.once(name, refused("unexpected_failure"));
    await settled(client.deleteMe({ current_password: "p" }));
    await settled(client.endOtherSessions());
    await settled(client.setPassword({ current_password: "p", new_password: "q" }));
    expect(client.getSnapshot()).toBe(snapshot);
    await settled(other.client.getMe());
    expect(other.client.getSnapshot()).toEqual({ status: "signed_out", reason: "session_ended" });
  });

  it("is told no more after the subscription has ended", async () => {
    const client = clientOn(memoryStorage());
    const [one, two] = [vi.fn(), vi.fn()];
    const end = client.subscribe(one);
    client.subscribe(two);
    await signIn(client, "ada");
    end();
    end();
    await settled(client.signOut());
    expect([one.mock.calls.length, two.mock.calls.length]).toEqual([1, 2]);
  });

  it("reaches other listeners if one throws, and calls go on", async () => {
    const thrown: unknown[] = [];
    const isOurs = (error: unknown) => error instanceof Error && error.message === "a listener's fault";
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => thrown.push(error));
    try {
      const client = clientOn(memoryStorage());
      const listener = vi.fn();
      client.subscribe(() => {
        throw new Error("a listener's fault");
      });
      client.subscribe(listener);
      await signIn(client, "ada");
      expect((await settled(client.getMe())).data).toMatchObject({ id: "ada" });
      expect(codeOf(await settled(client.signOut()))).toBeNull();
      expect(listener).toHaveBeenCalledTimes(2);
      await turn();
      expect(thrown.filter((error) => !isOurs(error))).toEqual([]);
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const other of others) process.on("uncaughtException", other);
    }
  });
});
