import { describe, expect, it } from "vitest";
import { call, send, succeed } from "../support/calls/api.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { signedIn, signIn } from "../support/people/people.ts";

const sessionPath = (id: string) => `/api/v1/auth/user/me/sessions/${id}/`;

describe("DELETE user/me/sessions/{id}/", () => {
  it("revokes the session's tokens immediately and leaves other sessions [ASVS 7.4.1, 7.5.2]", async () => {
    const person = await signedIn();
    const other = await signIn(person, 2);
    const { results } = await succeed("listSessions", undefined, { token: person.access });
    const target = results.find(({ current }) => !current)?.id ?? "";
    const ended = await call("endSession", undefined, { token: person.access, path: sessionPath(target) });
    expect(ended.status).toBe(204);
    expectRefused(await call("getMe", undefined, { token: other.access }), "token_not_valid");
    expectRefused(await call("verifyToken", { token: other.access }), "token_not_valid");
    expectRefused(await call("refreshToken", { refresh: other.refresh }), "token_not_valid");
    await succeed("getMe", undefined, { token: person.access });
    const again = await call("endSession", undefined, { token: person.access, path: sessionPath(target) });
    expectRefused(again, "not_found");
  });

  it("answers 404 to another person's session and to nonsense [ASVS 8.2.2]", async () => {
    const [person, stranger] = [await signedIn(), await signedIn()];
    const { results } = await succeed("listSessions", undefined, { token: person.access });
    for (const id of [results[0]?.id ?? "", "nonsense", "%00", "a".repeat(1100)]) {
      const path = sessionPath(encodeURIComponent(id));
      expectRefused(await call("endSession", undefined, { token: stranger.access, path }), "not_found");
    }
    await succeed("getMe", undefined, { token: person.access });
  });

  it("requires an access token", async () => {
    expectRefused(await send("DELETE", sessionPath("x")), "not_authenticated");
  });
});
