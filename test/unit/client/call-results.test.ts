import { afterEach, describe, expect, it, vi } from "vitest";
import {
  AuthError,
  memoryStorage,
  webStorage,
  type Client,
  type Operations,
} from "../../../client/create-client.ts";
import { contract } from "../../../shared/contract/contract.ts";
import { errors, type ErrorCode } from "../../../shared/contract/errors.ts";
import { commonErrors, type Operation } from "../../../shared/contract/operation.ts";
import { clientOn, inBrowser, codeOf, signedInPage, storedPair } from "../../support/client/client-worlds.ts";
import {
  answer,
  emailOf,
  gate,
  goodCode,
  hanging,
  hangingAfter,
  lostBefore,
  refused,
  text,
  useFakeService,
  type Fault,
} from "../../support/client/fake-service.ts";
import { pass, passSeconds, settled, turn, useFakeTime } from "../../support/client/fake-time.ts";
import { WebStore } from "../../support/client/test-stores.ts";

useFakeTime();
const current = useFakeService();
const called = (name: keyof Operations) => current.service.named(name);

type AnyMethod = (...given: unknown[]) => Promise<{ data: unknown; error: AuthError | null }>;
const method = (client: Client, name: string) =>
  (client as unknown as Record<string, AnyMethod>)[name] as AnyMethod;

const input = {
  email: emailOf("ada"),
  otp_code: goodCode,
  password: "p",
  username: "ada",
  refresh: "a.b.c",
  token: "a.b.c",
  current_password: "p",
  new_password: "q",
  new_email: emailOf("new"),
};
/** Only the members that the operation's body has. */
const sentTo = (name: keyof Operations): [object] | [] => {
  const { body, query, path }: Operation = contract[name];
  if (path.includes("{id}")) return [{ id: "0f8fad5b-d9cb-469f-a165-70867728950e" }];
  if (query) return [{ limit: "25" }];
  if (!body) return [];
  return [Object.fromEntries(Object.entries(input).filter(([member]) => member in body.shape))];
};

const operations = (Object.keys(contract) as (keyof typeof contract)[]).filter(
  (name): name is keyof Operations => contract[name].caller !== "staff" && !name.endsWith("AdminSession"),
);
const isExactlyOne = ({ data, error }: { data: unknown; error: unknown }) =>
  (error === null) !== (data === null || data === undefined) || (error === null && data === undefined);

describe("each operation", () => {
  it.each(operations)("%s sends what the contract says", async (name) => {
    const { client, store } = await signedInPage();
    if (name === "refreshToken" || name === "logout") {
      const refresh = storedPair(store)?.refresh;
      expect(codeOf(await settled(method(client, name)({ refresh })))).toBeNull();
    } else await settled(method(client, name)(...sentTo(name)));
    const operation: Operation = contract[name];
    const [call] = current.service.named(name).slice(-1);
    const [sent] = sentTo(name);
    expect(call?.url.pathname).toBe(operation.path.replace("{id}", String((sent as { id?: string })?.id)));
    expect(call?.method).toBe(operation.method);
    expect(call?.headers.has("authorization")).toBe(operation.caller === "user");
    expect(call?.headers.has("x-device-token")).toBe(
      operation.readsDeviceToken === true && operation.body !== undefined,
    );
    expect(call?.headers.get("content-type")).toBe(operation.body ? "application/json" : null);
    if (!["refreshToken", "logout"].includes(name)) expect(call?.body).toEqual(operation.body && sent);
    expect(call?.url.search).toBe(operation.query ? "?limit=25" : "");
    expect(call?.init).toMatchObject({ redirect: "manual" });
  });

  it.each(operations)("%s gives the code and sentence of each refusal", async (name) => {
    const { errors: own }: Operation = contract[name];
    for (const code of [...own, ...commonErrors] as ErrorCode[]) {
      const { client } = await signedInPage();
      if (code === "token_not_valid" && contract[name].caller === "user")
        current.service.once(name, refused(code));
      current.service.once(name, refused(code));
      const { data, error } = await settled(method(client, name)(...sentTo(name)));
      const { status, detail } = errors[code];
      expect(error).toBeInstanceOf(AuthError);
      expect({ ...error, data, message: error?.message }).toEqual({
        name: "AuthError",
        code,
        message: detail,
        status,
        fields: {},
        retryAfterSeconds: undefined,
        requestId: "request-1",
        data: null,
      });
    }
  });

  it.each(operations)("%s never rejects, with any input", async (name) => {
    const { client } = await signedInPage();
    const circular: Record<string, unknown> = {};
    circular["email"] = circular;
    const strange = [
      undefined,
      null,
      {},
      circular,
      { id: "\uD800" },
      { id: Symbol("id") },
      { id: Object.create(null) },
      { email: 5n },
      { email: "\uD800" },
      { limit: "\uD800" },
    ];
    for (const given of strange) {
      const result = await settled(method(client, name)(given));
      expect(isExactlyOne(result)).toBe(true);
    }
  });
});

const user = { id: "ada", email: emailOf("ada"), username: "ada", first_name: "", last_name: "" };
const wrong: [string, Fault][] = [
  ["a page with 200", text(200, "<!doctype html><title>Log in</title>")],
  ["an empty 200", text(200, "")],
  ["null", answer(200, null)],
  ["a list", answer(200, [user])],
  ["a number", answer(200, 5)],
  ["a text", answer(200, "ok")],
  ["a truth", answer(200, true)],
  ["half an answer", text(200, '{"id":"ada"')],
  ["a 301", text(301, null, { location: "/" })],
  ["a 302 with our form", answer(302, user, { location: "https://evil.example.com" })],
  ["a 304", text(304, null)],
  ["a 400 with nothing", answer(400, {})],
  ["a 400 with null", answer(400, null)],
  ["a 400 with a list", answer(400, ["email"])],
  ["a 400 with a text", answer(400, "email")],
  ["a 400 with fields that aren't lists", answer(400, { email: "wrong" })],
  ["a 401 without our code", answer(401, { detail: "Unauthorized" })],
  ["a 403 of a firewall", text(403, "<html>Forbidden</html>")],
  ["a 413 of a gateway", answer(413, { message: "Request too long" })],
  ["a 504 of a gateway", answer(504, { message: "Endpoint request timed out" })],
  [
    "a followed redirect",
    () => Object.defineProperty(answerNow(), "url", { value: "https://evil.example.com/" }),
  ],
];
const answerNow = () => new Response(JSON.stringify(user), { status: 200 });

describe("an answer that the contract doesn't know", () => {
  it.each(wrong)("such as %s is `unexpected_answer`", async (_, fault) => {
    const { client, store } = await signedInPage();
    current.service.once("getMe", fault);
    current.service.once("requestOtp", fault);
    const results = [
      await settled(client.getMe()),
      await settled(client.requestOtp({ email: emailOf("ada"), password: "p" })),
    ];
    for (const { data, error } of results) {
      expect({ data, code: error?.code }).toEqual({ data: null, code: "unexpected_answer" });
      expect(error?.message).toMatch(/^[A-Z].*\.$/);
      expect(error?.fields).toEqual({});
    }
    expect(storedPair(store)).toBeDefined();
    expect(called("getMe")).toHaveLength(1);
  });

  it.each(wrong)("such as %s neither signs in nor breaks a session", async (_, fault) => {
    const { client, store } = await signedInPage();
    const before = store.session;
    current.service.once("createToken", fault);
    const sent = { email: emailOf("bob"), otp_code: goodCode };
    expect(codeOf(await settled(client.createToken(sent)))).toBe("unexpected_answer");
    expect(store.session).toBe(before);
  });

  it.each([
    ["no tokens", {}],
    ["empty tokens", { access: "", refresh: "" }],
    ["tokens that are none", { access: "a.b.c", refresh: "a.b.c" }],
    ["numbers", { access: 1, refresh: 2 }],
  ])("such as a sign-in with %s changes nothing", async (_, body) => {
    const { client, store } = await signedInPage();
    const before = store.session;
    current.service.once("createToken", answer(201, body));
    const sent = { email: emailOf("bob"), otp_code: goodCode };
    expect(codeOf(await settled(client.createToken(sent)))).toBe("unexpected_answer");
    await passSeconds(850);
    current.service.once("refreshToken", answer(200, body));
    await settled(client.getMe());
    expect(storedPair(store)).toEqual({
      access: JSON.parse(before ?? "").access,
      refresh: JSON.parse(before ?? "").refresh,
    });
  });

  it("a code of a later version is given as it is", async () => {
    const { client } = await signedInPage();
    current.service.once("getMe", answer(403, { code: "new_rule", detail: "A new rule." }));
    const { error } = await settled(client.getMe());
    expect(error).toMatchObject({ code: "new_rule", message: "A new rule.", status: 403 });
  });

  it("additional members of an answer stay", async () => {
    const { client } = await signedInPage();
    current.service.once("getMe", answer(200, { ...user, badge: "gold" }));
    expect((await settled(client.getMe())).data).toEqual({ ...user, badge: "gold" });
  });

  it("a huge answer is data like any other", async () => {
    const { client } = await signedInPage();
    current.service.once(
      "exportMe",
      answer(200, { user, activity: Array.from({ length: 50_000 }, () => user) }),
    );
    expect((await settled(client.exportMe())).data?.activity).toHaveLength(50_000);
  });

  it("names that reach prototypes do no harm", async () => {
    const { client } = await signedInPage();
    const hostile =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,"then":1}';
    for (const [name, fault] of [
      ["getMe", text(200, hostile)],
      ["updateMe", text(400, hostile)],
      ["updateMe", text(400, `{"__proto__":["x"],"code":["x"]}`)],
      ["requestOtp", text(400, `{"toString":["wrong"],"__proto__":["wrong"]}`)],
      ["createToken", text(201, hostile)],
    ] as const) {
      current.service.once(name, fault);
      const result = await settled(method(client, name)(...sentTo(name)));
      expect(isExactlyOne(result)).toBe(true);
      expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
      expect((Error.prototype as unknown as Record<string, unknown>)["polluted"]).toBeUndefined();
    }
    expect((await settled(client.getMe())).data).toMatchObject({ id: "ada" });
  });
});

describe("refused fields", () => {
  it("come with their sentences", async () => {
    const { client } = await signedInPage();
    const fields = {
      password: ["This password is too common.", "It is too short."],
      email: ["Enter a valid email address."],
      non_field_errors: ["-"],
    };
    current.service.once("createUser", answer(400, fields, { "x-request-id": "r-2" }));
    const { data, error } = await settled(client.createUser({ username: "a", email: "b", password: "c" }));
    expect(data).toBeNull();
    expect(error).toMatchObject({ code: "fields_refused", status: 400, fields, requestId: "r-2" });
    expect(error?.message).toBe("This password is too common. It is too short.");
  });

  it("may have the names `code` and `detail`", async () => {
    const { client } = await signedInPage();
    current.service.once("updateMe", answer(400, { code: ["Wrong."], username: ["Taken."] }));
    expect((await settled(client.updateMe({ username: "x" }))).error?.code).toBe("fields_refused");
  });
});

describe("Retry-After", () => {
  it.each([
    ["120", 120],
    ["1", 1],
    ["0", undefined],
    ["", undefined],
    ["soon", undefined],
    ["Wed, 21 Oct 2026 07:28:00 GMT", undefined],
  ])("of %j is %s seconds", async (header, seconds) => {
    const client = clientOn(memoryStorage());
    const body = { code: "throttled", detail: "Too many requests." };
    current.service.once("requestOtp", answer(429, body, { "retry-after": header }));
    const { error } = await settled(client.requestOtp({ email: emailOf("ada"), password: "p" }));
    expect(error).toMatchObject({ code: "throttled", status: 429 });
    expect(error?.retryAfterSeconds).toBe(seconds);
  });
});

describe("paths and bodies", () => {
  it.each([".", "..", "../x", "%2e%2e", "a/b", "?x=1", "#x", "", " ", "me/../..", "\\..\\", "ü"])(
    "an id such as %j reaches no other operation",
    async (id) => {
      const { client } = await signedInPage();
      const other = clientOn(memoryStorage());
      await settled(other.createToken({ email: emailOf("ada"), otp_code: goodCode }));
      const result = await settled(client.endSession({ id }));
      expect(result.error?.code).toMatch(/^(not_found|unexpected_answer|no_answer)$/);
      for (const name of ["deleteMe", "endOtherSessions"] as const) expect(called(name)).toEqual([]);
      expect(current.service.live()).toHaveLength(2);
      for (const { url } of called("endSession"))
        expect(url.pathname.split("/").length, url.pathname).toBe(9);
    },
  );

  it("query strings are encoded, and empty members left out", async () => {
    const { client } = await signedInPage();
    await settled(client.getActivity({ cursor: "a&limit=1/ü=", limit: "50" }));
    await settled(client.getActivity({ cursor: undefined, limit: undefined }));
    await settled(client.getActivity({}));
    await settled(client.getActivity());
    const [first, ...rest] = called("getActivity").map(({ url }) => url);
    expect([...(first?.searchParams ?? [])]).toEqual([
      ["cursor", "a&limit=1/ü="],
      ["limit", "50"],
    ]);
    expect(rest.map(({ search }) => search)).toEqual(["", "", ""]);
    expect(called("getActivity").every(({ body }) => body === undefined)).toBe(true);
  });

  it("a change of nothing sends an empty object", async () => {
    const { client } = await signedInPage();
    await settled(client.updateMe({}));
    await settled(client.updateMe());
    expect(called("updateMe").map(({ body }) => body)).toEqual([{}, {}]);
  });

  it("removed names arrive as null", async () => {
    const { client } = await signedInPage();
    await settled(client.updateMe({ locale: null, first_name: "" }));
    expect(called("updateMe").map(({ body }) => body)).toEqual([{ locale: null, first_name: "" }]);
  });

  it("a stage's path stays before the operation's", async () => {
    const { createClient } = await import("../../../client/create-client.ts");
    const client = createClient({ baseUrl: "https://x.example.com/prod/", storage: memoryStorage() });
    await settled(client.getKeys());
    await settled(client.requestOtp({ email: emailOf("ada"), password: "p" }));
    expect(current.service.calls.map(({ url }) => url.href)).toEqual([
      "https://x.example.com/prod/.well-known/jwks.json",
      "https://x.example.com/prod/api/v1/auth/user/otp/",
    ]);
  });
});

describe("signal", () => {
  const aborting = () => {
    const controller = new AbortController();
    return { signal: controller.signal, abort: () => controller.abort(new Error("left the page")) };
  };

  it("that has ended sends nothing", async () => {
    const { client } = await signedInPage();
    const before = current.service.calls.length;
    const signal = AbortSignal.abort();
    const results = [
      await settled(client.getMe({ signal })),
      await settled(client.updateMe({}, { signal })),
      await settled(client.requestOtp({ email: emailOf("ada"), password: "p" }, { signal })),
      await settled(client.endOtherSessions({ signal })),
    ];
    expect(results.map(codeOf)).toEqual(["aborted", "aborted", "aborted", "aborted"]);
    expect(current.service.calls).toHaveLength(before);
  });

  it("ends a call in flight", async () => {
    const { client } = await signedInPage();
    const { signal, abort } = aborting();
    const { fault, arrived } = gate();
    current.service.once("getMe", fault);
    const working = client.getMe({ signal });
    await arrived;
    abort();
    await turn();
    const { data, error } = await working;
    expect({ data, code: error?.code, status: error?.status }).toEqual({
      data: null,
      code: "aborted",
      status: 0,
    });
  });

  it.each(["getMe", "getAccessToken"] as const)(
    "stops %s waiting for a renewal that others share",
    async (name) => {
      const { client, store } = await signedInPage();
      await passSeconds(1000);
      const { signal, abort } = aborting();
      const { fault, open, arrived } = gate(true);
      current.service.once("refreshToken", fault);
      const [leaving, staying] = [client[name]({ signal }), client.getMe()];
      await arrived;
      abort();
      await turn();
      expect(codeOf(await leaving)).toBe("aborted");
      open();
      expect(codeOf(await settled(staying))).toBeNull();
      expect(called("refreshToken")).toHaveLength(1);
      expect(storedPair(store)?.refresh).toBe(current.service.live()[0]?.refreshTokens.at(-1));
      expect(called("getMe")).toHaveLength(1);
    },
  );

  it("of one call ends no renewal, so no answer is lost", async () => {
    const { client, store } = await signedInPage();
    await passSeconds(1000);
    const { signal, abort } = aborting();
    const { fault, open, arrived } = gate(true);
    current.service.once("refreshToken", fault);
    const leaving = client.getMe({ signal });
    await arrived;
    abort();
    expect(codeOf(await settled(leaving))).toBe("aborted");
    open();
    await turn();
    expect(storedPair(store)?.refresh).toBe(current.service.live()[0]?.refreshTokens.at(-1));
    await passSeconds(100);
    expect(codeOf(await settled(client.getMe()))).toBeNull();
    expect(current.service.replays).toEqual([]);
  });

  it("of a sign-out still forgets", async () => {
    const { client, store } = await signedInPage();
    expect(codeOf(await settled(client.signOut({ signal: AbortSignal.abort() })))).toBe("aborted");
    expect(storedPair(store)).toBeUndefined();
    expect(client.getSnapshot()).toEqual({ status: "signed_out" });
  });

  it("that lives long collects no listeners", async () => {
    const { client } = await signedInPage();
    const { signal } = aborting();
    const [adds, removes] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
    await settled(client.getMe({ signal }));
    await passSeconds(1000);
    await settled(client.getMe({ signal }));
    current.service.once("getMe", lostBefore);
    await settled(client.getMe({ signal }));
    expect(adds.mock.calls.length).toBeGreaterThan(0);
    for (const [type, listener] of adds.mock.calls)
      expect(removes.mock.calls.some(([of, other]) => of === type && other === listener)).toBe(true);
  });
});

describe("a service that doesn't answer", () => {
  it.each<[string, Fault]>([
    ["at all", hanging],
    ["after it acted", hangingAfter],
  ])("%s is given up after 35 seconds", async (_, fault) => {
    const { client } = await signedInPage();
    current.service.once("updateMe", fault);
    const working = client.updateMe({});
    const result = vi.fn<() => void>();
    void working.then(result);
    await passSeconds(29.5);
    expect(result).not.toHaveBeenCalled();
    await passSeconds(10);
    expect(codeOf(await working)).toBe("no_answer");
  });

  it("leaves no timer behind after an answer", async () => {
    const { client } = await signedInPage();
    await settled(client.getMe());
    current.service.once("getMe", lostBefore);
    await settled(client.getMe());
    await pass(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

/** Each makes something of the runtime fail. */
const breakages: Record<string, () => void> = {
  "fetch throws": () =>
    vi.stubGlobal("fetch", () => {
      throw new Error("no fetch");
    }),
  "fetch is missing": () => vi.stubGlobal("fetch", undefined),
  "fetch rejects with nothing": () => vi.stubGlobal("fetch", () => Promise.reject(undefined)),
  "fetch gives nothing": () => vi.stubGlobal("fetch", () => Promise.resolve(undefined)),
  "the body can't be read": () =>
    vi.stubGlobal("fetch", async () => {
      const response = new Response("{}");
      await response.text();
      return response;
    }),
  "crypto is missing": () => vi.stubGlobal("crypto", undefined),
  "crypto.subtle is missing": () => vi.stubGlobal("crypto", { randomUUID: () => "uuid" }),
  "crypto.subtle fails": () =>
    vi.stubGlobal("crypto", { subtle: { digest: () => Promise.reject(new Error("no")) } }),
  "atob is missing": () => vi.stubGlobal("atob", undefined),
};

describe("methods never reject", () => {
  afterEach(() => vi.unstubAllGlobals());

  it.each(Object.entries(breakages))("when %s", async (_, breakIt) => {
    const { client, store } = await signedInPage();
    breakIt();
    const signingIn = client.createToken({ email: emailOf("bob"), otp_code: goodCode });
    for (const work of [
      client.getMe(),
      client.getAccessToken(),
      signingIn,
      client.setPassword({ current_password: "p", new_password: "q" }),
    ])
      expect(isExactlyOne(await settled<{ data: unknown; error: unknown }>(work))).toBe(true);
    await settled(client.signOut());
    expect(storedPair(store)).toBeUndefined();
  });

  it.each(["crypto is missing", "crypto.subtle is missing", "crypto.subtle fails"])(
    "and sign in when %s",
    async (name) => {
      breakages[name]?.();
      const { client, store } = await signedInPage();
      expect(codeOf(await settled(client.getMe()))).toBeNull();
      expect(store.devices).toBeUndefined();
    },
  );

  const securityError = () => {
    throw new DOMException("denied", "SecurityError");
  };
  const quotaError = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  const laterError = () => Promise.reject(new Error("lost"));
  const blocked = webStorage(securityError);
  it.each<[string, unknown, unknown]>([
    ["can't be named", blocked.get, blocked.set],
    ["denies", securityError, securityError],
    ["is full", () => null, quotaError],
    ["fails later", laterError, laterError],
    ["can be read only", () => null, laterError],
  ])("when a browser's store %s, and go on in memory", async (_, get, set) => {
    const client = inBrowser(() => clientOn({ get: get as () => null, set: set as () => void }));
    await turn();
    expect(client.getSnapshot()).toEqual({ status: "signed_out" });
    await settled(client.createToken({ email: emailOf("ada"), otp_code: goodCode }));
    expect((await settled(client.getMe())).data).toMatchObject({ id: "ada" });
    await passSeconds(1000);
    expect((await settled(client.getMe())).data).toMatchObject({ id: "ada" });
    expect(called("refreshToken")).toHaveLength(1);
    expect(codeOf(await settled(client.signOut()))).toBeNull();
    expect(codeOf(await settled(client.getMe()))).toBe("not_authenticated");
    expect(current.service.live()).toEqual([]);
  });

  it.each([
    "",
    "{",
    "null",
    "5",
    "[]",
    '"text"',
    "undefined",
    "[object Object]",
    "{}",
    '{"refresh":""}',
    '{"refresh":null,"access":"x"}',
    '{"refresh":"a.b.c"}',
  ])("when the stored text is %j, and sign in anew", async (broken) => {
    const { client, store } = await signedInPage();
    store.session = broken;
    expect(codeOf(await settled(client.getMe()))).toBe("not_authenticated");
    expect(client.getSnapshot()).toEqual({ status: "signed_out" });
    const next = clientOn(webStorage(store));
    expect(next.getSnapshot()).toEqual({ status: "signed_out" });
    await settled(next.createToken({ email: emailOf("ada"), otp_code: goodCode }));
    expect((await settled(client.getMe())).data).toMatchObject({ id: "ada" });
  });

  it.each([
    '{"refresh":"a.b.c","access":"x","id":"1","userId":"ada"}',
    '{"refresh":"a.b.c","access":"x","id":"1","userId":"ada","receivedAt":"then"}',
  ])("when the stored session is %j, and ask the service", async (broken) => {
    const store = new WebStore();
    await signedInPage("ada", store);
    store.session = broken;
    const client = clientOn(webStorage(store));
    current.service.once("refreshToken", refused("token_not_valid"));
    expect(isExactlyOne(await settled(client.getMe()))).toBe(true);
    await settled(client.getMe());
    expect(client.getSnapshot()).toEqual({ status: "signed_out", reason: "session_ended" });
  });
});
