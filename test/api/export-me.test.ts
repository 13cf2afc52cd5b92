import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { wrongCode } from "../support/mail/wrong-code.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { newPerson, loginCode, register, resetCode, signedIn } from "../support/people/people.ts";

describe("GET user/me/export/", () => {
  it("returns the stored personal data without hashes, codes or tokens [ASVS 15.3.1]", async () => {
    const person = await signedIn();
    const data = await succeed("exportMe", undefined, { token: person.access });
    const { id, username, email } = person;
    expect(data).toMatchObject({
      user: { id, username, email, first_name: "", last_name: "" },
      state: "active",
      is_staff: false,
      password: { hash: "argon2id" },
      waiting_codes: [],
      address_change: null,
      earlier_address: null,
      registration: null,
    });
    expect(data.sessions).toEqual([expect.objectContaining({ current: true, device: "Unknown device" })]);
    expect(Date.parse(data.exported) - Date.parse(data.created)).toBeLessThan(600_000);
    expect(JSON.stringify(data)).not.toMatch(/\$argon2|eyJ|jti|digest"/i);
  });

  it("shows unused codes, another registration of the address and counters", async () => {
    const person = await signedIn();
    const right = await loginCode(person, 2);
    await call("createToken", { email: person.email, otp_code: wrongCode(right) });
    await resetCode(person, 3);
    await register(newPerson({ email: person.email }));
    const data = await succeed("exportMe", undefined, { token: person.access });
    expect(data.waiting_codes.map(({ purpose }) => purpose)).toEqual(["sign_in", "password_reset"]);
    expect(data.registration).toEqual({ created: expect.any(String), until: expect.any(String) });
    expect(data.counters).toContainEqual({
      counts: "sign_in_codes_tried",
      window_seconds: null,
      from: null,
      number: 1,
    });
    expect(data.counters).toContainEqual({
      counts: "letters_asked_for",
      window_seconds: 3600,
      from: expect.stringMatching(/:00:00\.000Z$/),
      number: 2,
    });
    expect(data.counters).toContainEqual(
      expect.objectContaining({ counts: "reset_letters_asked_for", window_seconds: 3600, number: 1 }),
    );
  });

  it("requires an access token", async () => {
    expectRefused(await call("exportMe"), "not_authenticated");
  });
});
