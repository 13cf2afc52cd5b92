import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { loginCode, signedIn } from "../support/people/people.ts";

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

describe("GET user/me/sessions/", () => {
  it("lists valid sessions with device and times, marking the current one [ASVS 7.1.2, 7.2.4, 7.5.2]", async () => {
    const person = await signedIn();
    const otp_code = await loginCode(person, 2);
    const other = await succeed(
      "createToken",
      { email: person.email, otp_code },
      { headers: { "user-agent": firefox } },
    );
    const { results } = await succeed("listSessions", undefined, { token: other.access });
    expect(results).toHaveLength(2);
    expect(results.filter(({ current }) => current)).toEqual([
      expect.objectContaining({ device: "Firefox on Linux", created: expect.stringMatching(/^\d{4}-.*Z$/) }),
    ]);
    expect(results.find(({ current }) => !current)?.device).toBe("Unknown device");
  });

  it("updates the last use with each refresh and keeps the id", async () => {
    const person = await signedIn();
    const [before] = (await succeed("listSessions", undefined, { token: person.access })).results;
    const { access } = await succeed("refreshToken", { refresh: person.refresh });
    const [after] = (await succeed("listSessions", undefined, { token: access })).results;
    expect(after?.id).toBe(before?.id);
    expect(Date.parse(after?.last_used ?? "")).toBeGreaterThanOrEqual(Date.parse(before?.last_used ?? ""));
  });

  it("requires an access token", async () => {
    expectRefused(await call("listSessions"), "not_authenticated");
  });
});
