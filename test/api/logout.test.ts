import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { signedIn } from "../support/people/people.ts";

describe("POST jwt/logout/", () => {
  it("ends the session immediately and answers 204 again afterwards [ASVS 7.4.1]", async () => {
    const { access, refresh } = await signedIn();
    for (let times = 0; times < 2; times += 1) expect(await succeed("logout", { refresh })).toBeUndefined();
    expectRefused(await call("getMe", undefined, { token: access }), "token_not_valid");
    expectRefused(await call("refreshToken", { refresh }), "token_not_valid");
  });

  it("accepts a refresh token that was replaced just before", async () => {
    const { refresh } = await signedIn();
    const { access } = await succeed("refreshToken", { refresh });
    await succeed("logout", { refresh });
    expectRefused(await call("getMe", undefined, { token: access }), "token_not_valid");
  });

  it("refuses an access token or a forged one [ASVS 7.2.1]", async () => {
    const { access, refresh } = await signedIn();
    for (const token of [access, `${refresh.slice(0, -8)}AAAAAAAA`, "x"])
      expectRefused(await call("logout", { refresh: token }), "token_not_valid");
    await succeed("getMe", undefined, { token: access });
  });
});
