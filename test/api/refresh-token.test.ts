import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { signedIn } from "../support/people/people.ts";

describe("POST jwt/refresh/", () => {
  it("answers 200 with a new pair of the same session [ASVS 7.2.2]", async () => {
    const { refresh } = await signedIn();
    const next = await succeed("refreshToken", { refresh });
    expect(next.refresh).not.toBe(refresh);
    expect(decodeJwt(next.refresh)["sid"]).toBe(decodeJwt(refresh)["sid"]);
    await succeed("getMe", undefined, { token: next.access });
  });

  it("gives racing callers one and the same successor and signs nobody out", async () => {
    const { refresh } = await signedIn();
    const pairs = await Promise.all(Array.from({ length: 12 }, () => succeed("refreshToken", { refresh })));
    const successors = new Set(pairs.map((pair) => pair.refresh));
    expect(successors.size).toBe(1);
    const [successor = ""] = successors;
    expect((await succeed("refreshToken", { refresh: successor })).refresh).toBe(successor);
    await succeed("getMe", undefined, { token: pairs[0]!.access });
  });

  it("refuses an access token, a forged one and nonsense with simplejwt's answer", async () => {
    const { access, refresh } = await signedIn();
    const forged = `${refresh.slice(0, -8)}AAAAAAAA`;
    for (const token of [access, forged, "x", "a.b.c", "e30.e30.", refresh.repeat(8)])
      expectRefused(await call("refreshToken", { refresh: token }), "token_not_valid");
  });

  it("asks for the field", async () => {
    expectFieldErrors(await call("refreshToken", {}), { refresh: ["This field is required."] });
    expectFieldErrors(await call("refreshToken", { refresh: "" }), {
      refresh: ["This field may not be blank."],
    });
  });

  it("refuses the token of a deleted account [ASVS 7.4.2]", async () => {
    const person = await signedIn();
    await succeed("deleteMe", { current_password: person.password }, { token: person.access });
    expectRefused(await call("refreshToken", { refresh: person.refresh }), "token_not_valid");
  });
});
