import { Agent, request } from "node:http";
import { request as requestOverTls } from "node:https";
import { describe, expect, it } from "vitest";
import { contract, type OperationName } from "../../shared/contract/contract.ts";
import { lazy } from "../../shared/platform/lazy.ts";
import { errors } from "../../shared/contract/errors.ts";
import { call, fromOwnPage, send, succeed, type Answer } from "../support/calls/api.ts";
import { requireCapability } from "../support/stacks/capabilities.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { codeTo } from "../support/mail/letters.ts";
import { mailDomain, newPerson, signedIn } from "../support/people/people.ts";
import { baseUrl } from "../support/stacks/target-urls.ts";

const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const json = { "content-type": "application/json" };
const names = Object.keys(contract) as OperationName[];
// Staff operations need an administrator, which a deployed target doesn't have:
// test/scenarios/administration.test.ts covers them.
const withBody = names.filter((name) => "body" in contract[name] && contract[name].caller !== "staff");

const titleOf = (name: OperationName) =>
  `${contract[name].method} ${contract[name].path.replace("/api/v1/auth/", "")}`;

// One account for all tests, because none of these bodies may change it.
const sharedPerson = lazy(() => signedIn());
const tokenFor = async (name: OperationName) => ({
  ...fromOwnPage(name),
  ...(contract[name].caller === "user" && { authorization: `Bearer ${(await sharedPerson()).access}` }),
});

const hostile: unknown[] = [
  null,
  true,
  0,
  -1.5,
  123456,
  [],
  ["x"],
  {},
  { $ne: 1 },
  "",
  " ",
  "\0",
  "a\0b",
  "\ud800",
  // With every field together, still less than the largest body.
  "é".repeat(4000),
];

describe.each(withBody.map((name) => [titleOf(name), name] as const))("%s", (_, name) => {
  const { method, path } = contract[name];

  it("never answers a hostile value with a 500", async () => {
    const headers = { ...json, ...(await tokenFor(name)) };
    const fields = Object.keys((contract[name] as { body: { shape: object } }).body.shape);
    const bodies = [
      ...hostile.map((value) => Object.fromEntries(fields.map((field) => [field, value]))),
      ...fields.flatMap((field) => [{ [field]: 1 }, { [field]: null }]),
    ];
    const answers = await Promise.all(
      bodies.map((body) => send(method, path, { body: JSON.stringify(body), headers })),
    );
    for (const [index, { status, text }] of answers.entries())
      expect([200, 400, 401, 429], `${JSON.stringify(bodies[index])?.slice(0, 80)} → ${text}`).toContain(
        status,
      );
  });

  it("answers 400 to JSON that isn't an object, naming its type", async () => {
    const headers = { ...json, ...(await tokenFor(name)) };
    for (const body of ["[]", "[1]", "1", "null", "true", '"x"']) {
      const answer = await send(method, path, { body, headers });
      expect(answer.status).toBe(400);
      expect(answer.text).toContain("Invalid data. Expected a dictionary, but got");
    }
  });

  it("answers 400 to broken JSON without quoting it", async () => {
    const headers = { ...json, ...(await tokenFor(name)) };
    for (const body of ['{"password": "hunter2', "{", "not json", '{"a":1}}', "\u0000"])
      expectRefused(await send(method, path, { body, headers }), "parse_error");
  });

  it("answers 415 to another content type, 413 to a mebibyte", async () => {
    const token = await tokenFor(name);
    for (const type of ["text/plain", "application/jsonx"])
      expectRefused(
        await send(method, path, { body: "{}", headers: { ...token, "content-type": type } }),
        "unsupported_media_type",
      );
    const body = JSON.stringify({ password: "x".repeat(1_048_576) });
    expectRefused(await send(method, path, { body, headers: { ...json, ...token } }), "request_too_large");
  });

  it("answers 415 to a form", async ({ skip }) => {
    if (method !== "POST") requireCapability("formsBesidePost", skip);
    const headers = { "content-type": "application/x-www-form-urlencoded", ...(await tokenFor(name)) };
    expectRefused(await send(method, path, { body: "a=b", headers }), "unsupported_media_type");
  });

  it("answers 400 to an empty body, naming the fields that it needs", async () => {
    const headers = { "content-type": "Application/JSON; charset=utf-8", ...(await tokenFor(name)) };
    const [empty, object] = [
      await send(method, path, { headers }),
      await send(method, path, { body: "{}", headers }),
    ];
    const needsNone = { non_field_errors: ["No data provided"] };
    expectFieldErrors(empty, object.status === 400 ? (object.body as typeof needsNone) : needsNone);
  });
});

describe("text that is not UTF-8", () => {
  const around = (start: string, byte: number, end: string) =>
    Buffer.concat([Buffer.from(start), Buffer.alloc(10, byte), Buffer.from(end)]);
  const undecoded = ["This field contains characters that can't be decoded. Send it in UTF-8."];
  /** A gateway replaces such bytes, or hands over all bytes of such a body. */
  const expectUndecoded = ({ status, body }: Answer, field: string) => {
    expect(status).toBe(400);
    const { detail } = errors.parse_error;
    expect([{ [field]: undecoded }, { detail, code: "parse_error" }]).toContainEqual(body);
  };

  it.each(["password", "first_name", "last_name"])(
    "is refused in %s, and nothing is stored",
    async (field) => {
      const person = { first_name: "Ada", last_name: "Lovelace", ...newPerson() };
      const [start = "", end = ""] = JSON.stringify({ ...person, [field]: "a|a" }).split("|");
      const answer = await send("POST", contract.createUser.path, {
        body: around(start, 0xa3, end),
        headers: json,
      });
      expectUndecoded(answer, field);
      const { email, password } = person;
      expectRefused(await call("requestOtp", { email, password }), "no_active_account");
    },
  );

  it.each([
    ["requestOtp", { email: "a@example.com", password: "a|a" }],
    ["setPassword", { current_password: "a|a", new_password: "nine quiet otters" }],
    ["setPassword", { current_password: "nine quiet otters", new_password: "a|a" }],
    ["deleteMe", { current_password: "a|a" }],
    ["updateMe", { last_name: "a|a" }],
  ] as const)("is refused by %s in %o", async (name, fields) => {
    const [start = "", end = ""] = JSON.stringify(fields).split("|");
    const headers = { ...json, ...(await tokenFor(name)) };
    const { method, path } = contract[name];
    const [field = ""] = Object.entries(fields).find(([, value]) => value === "a|a") ?? [];
    const sent = (body: string | Buffer<ArrayBuffer>) => send(method, path, { body, headers });
    expectUndecoded(await sent(around(start, 0x80, end)), field);
    expectFieldErrors(await sent(`${start}\\ufffd${end}`), { [field]: undecoded });
  });

  it.each([
    ["application/json;charset=UTF-8", 400],
    ['application/json; profile="x" ; charset = "utf-8"', 400],
    ["application/json; charset=iso-8859-1", 415],
    ['application/json; version=1; Charset="UTF-16"', 415],
  ])("is declared by %s, which gets a %i", async (type, status) => {
    const headers = { "content-type": type };
    const answer = await send("POST", contract.requestOtp.path, { body: "{}", headers });
    expect(answer.status).toBe(status);
  });

  it("may be declared by a byte order mark, which is ignored", async () => {
    const body = `\uFEFF${JSON.stringify(newPerson())}`;
    expect((await send("POST", contract.createUser.path, { body, headers: json })).status).toBe(201);
  });
});

describe("POST user/ with unusual values", () => {
  it("refuses numbers, null and lists instead of strings, per field [ASVS 15.3.5]", async () => {
    expectFieldErrors(await call("createUser", { username: 1, email: null, password: ["x"] }), {
      username: ["Not a valid string."],
      email: ["This field may not be null."],
      password: ["Not a valid string."],
    });
  });

  it.each(["plus+tag", "o'neil", "first.last", "a", "x_y-z", "!#$%&'*+/=?^_`{|}~-"])(
    "accepts the local part %s",
    async (local) => {
      const person = newPerson();
      const email = `${local}@${person.username}.${mailDomain()}`;
      expect((await succeed("createUser", { ...person, email })).email).toBe(email);
    },
  );

  it.each([
    '"quoted space"@example.com',
    "ünïcode@example.com",
    "a@b",
    "a@-x.com",
    "a@x..com",
    "a@1.2.3.4",
    "a@[127.0.0.1]",
    "@example.com",
    "a@",
    "a b@example.com",
    "a@exa mple.com",
    "a@example.com\nBcc: b@example.com",
    ".a@example.com",
    "a..b@example.com",
    `${"a".repeat(65)}@example.com`,
    `a@${"b.".repeat(130)}com`,
    "a@example.com,b@example.com",
    "<a@example.com>",
    "x@example.com/<img src=x onerror=alert(1)>",
    "x@example.com#.corp.com",
    "x@ex%61mple.com",
  ])("refuses the address %j", async (email) => {
    const answer = await call("createUser", newPerson({ email }));
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.body as object)).toEqual(["email"]);
  });

  it("treats an international domain and its ASCII form as one", async () => {
    const person = newPerson();
    const email = `${person.username}@bücher.${mailDomain()}`;
    await succeed("createUser", { ...person, email });
    const code = await codeTo(`${person.username}@xn--bcher-kva.${mailDomain()}`);
    await succeed("activateUser", {
      email: `${person.username}@XN--BCHER-KVA.${mailDomain()}`,
      otp_code: code,
    });
  });

  it("accepts other scripts and treats compatibility forms as one username", async () => {
    const suffix = newPerson().username;
    const first = await succeed("createUser", {
      ...newPerson(),
      username: `ユーザー${suffix}`,
      first_name: "Αδα",
      last_name: "लवलेस",
    });
    expect(first).toMatchObject({ username: `ユーザー${suffix}`, first_name: "Αδα", last_name: "लवलेस" });
    const fullWidth = [...suffix]
      .map((c) => (/[a-z0-9]/.test(c) ? String.fromCodePoint(c.codePointAt(0)! + 0xfee0) : c))
      .join("");
    await succeed("createUser", { ...newPerson(), username: fullWidth });
    const answer = await call("createUser", newPerson({ username: suffix }));
    expectFieldErrors(answer, { username: ["A user with that username already exists."] });
  });

  it("measures a username after NFKC normalisation", async () => {
    for (const character of ["㌖", "ﬃ"]) {
      const answer = await call("createUser", newPerson({ username: character.repeat(150) }));
      expectFieldErrors(answer, { username: ["Ensure this field has no more than 150 characters."] });
    }
  });

  it("refuses a password of 60 KB for its length alone", async () => {
    const body = { ...newPerson(), password: "x".repeat(60_000), first_name: "a.".repeat(75) };
    const answer = await call("createUser", body);
    expectFieldErrors(answer, { password: ["Ensure this field has no more than 128 characters."] });
  });

  it("ignores members named __proto__ and constructor [ASVS 15.3.6]", async () => {
    const person = newPerson();
    const body = `{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}},${JSON.stringify(person).slice(1)}`;
    const answer = await send("POST", contract.createUser.path, { body, headers: json });
    expect(answer.status).toBe(201);
  });
});

/** Sends what `fetch` refuses to send: a body with any method. */
const statusOf = (method: string, path: string, headers: Record<string, string>, body = "") =>
  new Promise<number>((resolve, reject) => {
    const url = new URL(baseUrl() + path);
    const framed = { ...headers, "content-length": body.length };
    const options = { method, headers: framed, agent: url.protocol === "https:" ? undefined : agent };
    const sent = (url.protocol === "https:" ? requestOverTls : request)(url, options, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode ?? 0));
    });
    sent.on("error", reject).end(body);
  });

describe("API Gateway", () => {
  it("answers no method, content type, body or path with a 5xx", async ({ skip }) => {
    requireCapability("gatewayResponseBodies", skip);
    const pages = ["/swagger", "/swagger/", "/swagger/nothing", "/admin", "/admin/index.html", "/admin/%ff"];
    const unknown = ["/", "/nothing", "/api/v1/auth/user/me/nothing/", "//", "/%00", "/api/v1/auth"];
    const paths = [...new Set(names.map((name) => contract[name].path)), ...pages, ...unknown];
    const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "BREW"];
    const usual =
      "application/json text/plain application/x-www-form-urlencoded multipart/form-data application/xml application/octet-stream".split(
        " ",
      );
    const types = [undefined, ...usual, "application/x-invented", "json", "", ";;=/"];
    // Types and bodies rotate, so that each of them meets each method and each kind of path.
    const asked = paths.flatMap((path, row) =>
      methods.flatMap((method, column) =>
        [0, 3, 7].slice(method === "OPTIONS" ? 0 : 2).map((step) => ({
          method,
          path,
          type: types[(row + column + step) % types.length],
          body: [undefined, "{}", '{"statusCode":500}', "a=b"][(row + column + step) % 4],
        })),
      ),
    );
    // Without a token, they answer 401 before they read the body. No other test here starts them.
    const ofStaff = new Set(
      names
        .filter((name) => contract[name].caller === "staff")
        .map((name) => `${contract[name].method} ${contract[name].path}`),
    );
    const sent = asked.filter(({ method, path }) => !ofStaff.has(`${method} ${path}`));
    const statuses = await Promise.all(
      sent.map(({ method, path, type, body }) =>
        statusOf(method, path, type === undefined ? {} : { "content-type": type }, body),
      ),
    );
    const answered = sent.map((request, at) => ({ ...request, status: statuses[at] ?? 0 }));
    expect(answered.filter(({ status }) => status < 200 || status >= 500)).toEqual([]);
    const known = new Set<string | undefined>([undefined, ...usual]);
    const refused = answered.filter(
      ({ method, path, type, status }) =>
        method === "OPTIONS" && known.has(type) && !unknown.includes(path) && status !== 204,
    );
    expect(refused).toEqual([]);
  });

  it.each([contract.getKeys.path, contract.getConfiguration.path, "/swagger/", "/admin/index.html"])(
    "answers HEAD %s as GET, without the body",
    async (path) => {
      const [got, head] = [await send("GET", path), await send("HEAD", path)];
      expect([head.status, head.text]).toEqual([200, ""]);
      const compared = ["content-type", "etag", "cache-control", "x-content-type-options"];
      for (const name of compared) expect(head.headers.get(name), name).toBe(got.headers.get(name));
      const headers = { "if-none-match": head.headers.get("etag") ?? "" };
      expect((await send("HEAD", path, { headers })).status).toBe(304);
    },
  );

  it("answers HEAD for other paths with 405", async () => {
    expect((await send("HEAD", contract.getMe.path)).status).toBe(405);
  });

  it("answers 404 to unknown paths in our error format, with any credentials", async ({ skip }) => {
    requireCapability("gatewayResponseBodies", skip);
    const paths = ["/api/v1/auth/nothing/", "/api/v1/auth/user/me/x/y", "/api/v1", "/nothing", "/%24default"];
    const schemes = [undefined, "Bearer a.b.c", "Bearer", "Token x", "Basic eDp5", "AWS4-HMAC-SHA256 x"];
    for (const path of paths)
      for (const [at, authorization] of schemes.entries()) {
        const method = ["GET", "POST", "DELETE", "PATCH", "OPTIONS"][at] ?? "PUT";
        const headers = { origin: "https://app.example", ...(authorization && { authorization }) };
        const { status, body, headers: sent } = await send(method, path, { headers });
        expect({ path, authorization, status, body }).toEqual({
          path,
          authorization,
          status: 404,
          body: { detail: "Not found.", code: "not_found" },
        });
        expect(sent.get("access-control-allow-origin")).toBe("*");
        expect(sent.get("cache-control")).toBe("no-store");
        expect(sent.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      }
    const authorization = "Bearer a.b.c";
    expect(await send("HEAD", paths[0] ?? "", { headers: { authorization } })).toMatchObject({
      status: 404,
      text: "",
    });
    const root = await send("POST", "/", { headers: { authorization } });
    expect([root.status, root.body]).toEqual([404, { detail: "Not found.", code: "not_found" }]);
  });

  it("answers 405 to unsupported methods in our error format", async () => {
    const put = await send("PUT", "/api/v1/auth/user/me/");
    expect(put.status).toBe(405);
    expect(put.body).toEqual({ detail: 'Method "PUT" not allowed.', code: "method_not_allowed" });
  });

  it("answers CORS preflights and lets pages read errors", async () => {
    const preflight = await send("OPTIONS", "/api/v1/auth/user/me/", {
      headers: {
        origin: "https://app.example",
        "access-control-request-method": "PATCH",
        "access-control-request-headers": "authorization,content-type",
      },
    });
    expect([200, 204]).toContain(preflight.status);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect(preflight.headers.get("access-control-allow-methods")).toContain("PATCH");
    expect(preflight.headers.get("access-control-allow-headers")?.toLowerCase()).toContain("authorization");
    const refused = await send("GET", "/api/v1/auth/user/me/", {
      headers: { origin: "https://app.example" },
    });
    expect(refused.headers.get("access-control-allow-origin")).toBe("*");
  });
});
