import { describe, expect, it } from "vitest";
import { contract, type OperationName } from "../../shared/contract/contract.ts";
import { lazy } from "../../shared/platform/lazy.ts";
import { call, fromOwnPage, send, succeed } from "../support/calls/api.ts";
import { requireCapability } from "../support/stacks/capabilities.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { codeTo } from "../support/mail/letters.ts";
import { mailDomain, newPerson, signedIn } from "../support/people/people.ts";

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

  it("accepts a charset and treats an empty body as {}", async () => {
    const headers = { "content-type": "Application/JSON; charset=utf-8", ...(await tokenFor(name)) };
    const [empty, object] = [
      await send(method, path, { headers }),
      await send(method, path, { body: "{}", headers }),
    ];
    expect(empty.status).toBe(object.status);
    expect(empty.body).toEqual(object.body);
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

describe("API Gateway", () => {
  it("answers 404 to an unknown path in our error format", async ({ skip }) => {
    requireCapability("gatewayResponseBodies", skip);
    const unknown = await send("GET", "/api/v1/auth/nothing/");
    expect({ status: unknown.status, body: unknown.body }).toEqual({
      status: 404,
      body: { detail: "Not found.", code: "not_found" },
    });
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
