import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { signedIn } from "../support/people/people.ts";

describe("POST jwt/verify/", () => {
  it("answers 200 with {} for a valid access or refresh token", async () => {
    const { access, refresh } = await signedIn();
    for (const token of [access, refresh, `\ufeff ${access}\r\n`])
      expect(await succeed("verifyToken", { token })).toEqual({});
  });

  it("refuses tokens that we didn't sign", async () => {
    const { access } = await signedIn();
    for (const token of ["x", `${access}x`, access.slice(0, -4), access.replace(/\.[^.]+$/, ".")])
      expectRefused(await call("verifyToken", { token }), "token_not_valid");
    expectFieldErrors(await call("verifyToken", {}), { token: ["This field is required."] });
  });

  it("refuses both tokens of a deleted account", async () => {
    const person = await signedIn();
    await succeed("deleteMe", { current_password: person.password }, { token: person.access });
    for (const token of [person.access, person.refresh])
      expectRefused(await call("verifyToken", { token }), "token_not_valid");
  });
});
