// The session of the admin page: what its cookie proves, to whom, and how it ends.
import { beforeAll, describe, expect, it } from "vitest";
import {
  adminCode,
  opened,
  openAdminSession,
  staffCookieName,
  staffCookieOf,
  withCookie,
} from "../support/people/admin-page-session.ts";
import { administer, signedInAdmin } from "../support/people/administrators.ts";
import { call, fromOwnPage, send, succeed } from "../support/calls/api.ts";
import { wrongCode } from "../support/mail/wrong-code.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { logWith } from "../support/stacks/function-logs.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";
import { loginCode } from "../support/people/people.ts";
import { presetAccount } from "../support/presets/presets.ts";

const path = "/api/v1/admin/session/";
const json = { "content-type": "application/json" };

let stack: Awaited<ReturnType<typeof sharedStack>>;
let root: Awaited<ReturnType<typeof signedInAdmin>>;
beforeAll(async () => {
  stack = await sharedStack();
  root = await signedInAdmin(stack.folder);
});

describe("session of the admin page", () => {
  it("answers an access token only, and the rest as a cookie", async () => {
    const { answer, access, token } = await openAdminSession(root);
    expect(staffCookieOf(answer)).toBe(
      `__Host-lit-staff=${token}; Max-Age=1800; Path=/; Secure; HttpOnly; SameSite=Strict`,
    );
    expect(answer.text).not.toContain(token);
    expect(answer.headers.get("x-device-token")).toBeTruthy();
    expect(answer.headers.getSetCookie()).toHaveLength(2);
    expect((await administer({ access }, "listUsers")).status).toBe(200);
  });

  it("goes on with the cookie, which two tabs may use at once", async () => {
    const { token } = await openAdminSession(root);
    const [one, other] = (
      await Promise.all([1, 2].map(() => call("openAdminSession", {}, withCookie(token))))
    ).map(opened);
    expect(one?.token).not.toBe(token);
    expect(other?.token).toBe(one?.token);
    expect(one?.answer.headers.get("x-device-token")).toBeNull();
    expect((await administer({ access: other?.access ?? "" }, "listUsers")).status).toBe(200);
    expectFieldErrors(await call("openAdminSession", { email: root.email }, withCookie(token)), {
      otp_code: ["This field is required."],
    });
    expectFieldErrors(await call("openAdminSession", { otp_code: "123456" }), {
      email: ["This field is required."],
    });
  });

  it("ends on the server and in the browser [ASVS 7.4.1]", async () => {
    const { access, token } = await openAdminSession(root);
    const ended = await call("endAdminSession", undefined, withCookie(token));
    expect([ended.status, staffCookieOf(ended)]).toEqual([
      204,
      "__Host-lit-staff=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Strict",
    ]);
    expectRefused(await administer({ access }, "listUsers"), "token_not_valid");
    expectRefused(await call("openAdminSession", {}, withCookie(token)), "token_not_valid");
    for (const options of [{}, withCookie(""), withCookie(token)])
      expect((await call("endAdminSession", undefined, options)).status).toBe(204);
    await logWith(stack, "EndAdminSession", ['"session_ended"']);
  });

  it("has a token that is of no use elsewhere, nor others here [ASVS 9.2.2]", async () => {
    const { access, token } = await openAdminSession(root);
    for (const answer of [
      await call("refreshToken", { refresh: token }),
      await call("verifyToken", { token }),
      await call("logout", { refresh: token }),
      await call("getMe", undefined, { token }),
    ])
      expectRefused(answer, "token_not_valid");
    for (const foreign of [root.refresh, root.access, access, "x", `${token.slice(0, -6)}AAAAAA`])
      for (const operation of ["openAdminSession", "endAdminSession"] as const) {
        const body = operation === "openAdminSession" ? {} : undefined;
        expectRefused(await call(operation, body, withCookie(foreign)), "token_not_valid");
      }
    await succeed("refreshToken", { refresh: root.refresh });
    opened(await call("openAdminSession", {}, withCookie(token)));
  });

  it("is refused to other accounts, of which only the right code tells [ASVS 8.2.1]", async () => {
    const person = await presetAccount(stack);
    const { email } = person;
    const otp_code = await loginCode(person, 0);
    const wrong = { email, otp_code: wrongCode(otp_code) };
    expectRefused(await call("openAdminSession", wrong), "sign_in_refused");
    const refused = await call("openAdminSession", { email, otp_code });
    expectRefused(refused, "permission_denied");
    expect(refused.headers.getSetCookie()).toEqual([]);
    expectRefused(await call("openAdminSession", { email, otp_code }), "sign_in_refused");
    const sessions = await administer(root, "listUserSessions", { id: person.id });
    expect(sessions.body).toEqual({ results: [] });
  });
});

describe("other origins", () => {
  let own: Record<string, string>;
  beforeAll(() => {
    own = fromOwnPage("openAdminSession");
  });

  it("are refused before the cookie of the session is read", async () => {
    const { token } = await openAdminSession(root);
    const cookie = `${staffCookieName}=${token}`;
    const { port } = new URL(stack.url);
    const foreign: Record<string, string>[] = [
      {},
      { origin: "null" },
      { origin: "https://evil.example" },
      { origin: `http://localhost.evil.example:${port}` },
      { origin: `http://localhost:${Number(port) + 1}` },
      { origin: `${stack.url}/` },
      { ...own, "sec-fetch-site": "same-site" },
      { ...own, "sec-fetch-site": "cross-site" },
      { ...own, "sec-fetch-site": "none" },
    ];
    for (const headers of foreign)
      for (const method of ["POST", "DELETE"]) {
        const answer = await send(method, path, { body: "{}", headers: { ...json, cookie, ...headers } });
        expectRefused(answer, "foreign_origin");
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
    for (const type of ["text/plain", "application/x-www-form-urlencoded", ""])
      for (const method of ["POST", "DELETE"]) {
        const headers = { "content-type": type, cookie, ...own, "sec-fetch-site": "same-origin" };
        expectRefused(await send(method, path, { body: "{}", headers }), "unsupported_media_type");
      }
    // The runner's other name, with a page of its own.
    const localhost = `http://localhost:${port}`;
    const headers = { ...json, origin: localhost, cookie };
    expect((await fetch(localhost + path, { method: "POST", body: "{}", headers })).status).toBe(200);
  });

  it("may not read any answer about the session", async () => {
    const body = JSON.stringify({ email: root.email, otp_code: await adminCode(root) });
    const headers = { ...json, ...own };
    const asked = {
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type",
    };
    for (const answer of [
      await send("POST", path, { body, headers }),
      await send("POST", path, { body: "{}", headers }),
      await send("POST", path, { body: "{", headers }),
      await send("DELETE", path, { headers }),
      await send("POST", path, { body: "{}", headers: { ...headers, origin: "https://evil.example" } }),
      await send("OPTIONS", path, { headers: { ...own, ...asked } }),
      await send("OPTIONS", path, { headers: { origin: "https://evil.example", ...asked } }),
      await send("PUT", path, { body: "{}", headers }),
    ])
      expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
    const [preflight, get] = [await send("OPTIONS", path), await send("GET", path)];
    expect([preflight.status, get.status]).toEqual([204, 405]);
  });
});
