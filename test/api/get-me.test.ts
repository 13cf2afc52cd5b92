import { describe, expect, it } from "vitest";
import { blankAttributes } from "../support/people/blank-attributes.ts";
import { call, send, succeed } from "../support/calls/api.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { signedIn } from "../support/people/people.ts";

describe("GET user/me/", () => {
  it("answers 200 with the signed-in account", async () => {
    const { id, username, email, access } = await signedIn();
    const me = await succeed("getMe", undefined, { token: access });
    expect(me).toEqual({ id, username, email, ...blankAttributes });
  });

  it("refuses missing, malformed and wrong credentials with simplejwt's codes [ASVS 7.2.1]", async () => {
    const { access, refresh } = await signedIn();
    expectRefused(await call("getMe"), "not_authenticated");
    const withHeader = (authorization: string) => call("getMe", undefined, { headers: { authorization } });
    expectRefused(await withHeader("Basic YTpi"), "not_authenticated");
    expectRefused(await withHeader("Bearer"), "bad_authorization_header");
    expectRefused(await withHeader(`Bearer ${access} more`), "bad_authorization_header");
    expectRefused(await withHeader(`Bearer ${refresh}`), "token_not_valid");
    expectRefused(await withHeader("Bearer a.b.c"), "token_not_valid");
  });

  it("answers with or without the trailing slash, never redirecting", async () => {
    const { access } = await signedIn();
    for (const path of ["/api/v1/auth/user/me/", "/api/v1/auth/user/me"]) {
      const answer = await send("GET", path, { headers: { authorization: `Bearer ${access}` } });
      expect(answer.status).toBe(200);
    }
  });
});
