import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { requireCapability } from "../support/stacks/capabilities.ts";
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

  it("gives racing callers the same successor and keeps the session", async () => {
    const { refresh } = await signedIn();
    const pairs = await Promise.all(Array.from({ length: 12 }, () => succeed("refreshToken", { refresh })));
    const successors = new Set(pairs.map((pair) => pair.refresh));
    expect(successors.size).toBe(1);
    const [successor = ""] = successors;
    expect((await succeed("refreshToken", { refresh: successor })).refresh).toBe(successor);
    await succeed("getMe", undefined, { token: pairs[0]!.access });
  });

  it("gives 200 racing tabs the same successor", async ({ skip }) => {
    requireCapability("hundredsAtOnce", skip);
    const { refresh } = await signedIn();
    const pairs = await Promise.all(Array.from({ length: 200 }, () => succeed("refreshToken", { refresh })));
    expect(new Set(pairs.map((pair) => pair.refresh)).size).toBe(1);
    const [first] = pairs;
    if (!first) throw new Error("no pair");
    await succeed("getMe", undefined, { token: first.access });
    // Another tab wakes up within the grace period.
    expect((await succeed("refreshToken", { refresh })).refresh).toBe(first.refresh);
    expect((await succeed("refreshToken", { refresh: first.refresh })).refresh).toBe(first.refresh);
  });

  it("refuses access tokens, forged tokens and nonsense with simplejwt's answer", async () => {
    const { access, refresh } = await signedIn();
    const forged = `${refresh.slice(0, -8)}AAAAAAAA`;
    for (const token of [access, forged, "x", "a.b.c", "e30.e30.", refresh.repeat(8)])
      expectRefused(await call("refreshToken", { refresh: token }), "token_not_valid");
  });

  it("requires the refresh token", async () => {
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
