import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { signedIn, signIn } from "../support/people/people.ts";

describe("DELETE user/me/sessions/", () => {
  it("ends every session except the caller's, which can still refresh [ASVS 7.4.3]", async () => {
    const person = await signedIn();
    const others = [await signIn(person, 2), await signIn(person, 3)];
    await succeed("endOtherSessions", undefined, { token: person.access });
    for (const { access, refresh } of others) {
      expectRefused(await call("getMe", undefined, { token: access }), "token_not_valid");
      expectRefused(await call("refreshToken", { refresh }), "token_not_valid");
    }
    const { access } = await succeed("refreshToken", { refresh: person.refresh });
    const { results } = await succeed("listSessions", undefined, { token: access });
    expect(results).toHaveLength(1);
    await succeed("endOtherSessions", undefined, { token: access });
    await succeed("getMe", undefined, { token: access });
  });

  it("requires an access token", async () => {
    expectRefused(await call("endOtherSessions"), "not_authenticated");
  });
});
