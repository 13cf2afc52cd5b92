import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { newPerson, register, signedIn } from "../support/people/people.ts";

describe("DELETE user/me/", () => {
  it("requires the password, then deletes the account immediately [ASVS 7.4.2]", async () => {
    const person = await signedIn();
    const token = person.access;
    expectFieldErrors(await call("deleteMe", {}, { token }), {
      current_password: ["This field is required."],
    });
    expectFieldErrors(await call("deleteMe", { current_password: "Wrong-Password-1" }, { token }), {
      current_password: ["Invalid password."],
    });
    await succeed("deleteMe", { current_password: person.password }, { token });
    expectRefused(await call("getMe", undefined, { token }), "user_not_found");
    const { email, password } = person;
    expectRefused(await call("requestOtp", { email, password }), "no_active_account");
  });

  it("frees address and username for a new account", async () => {
    const person = await signedIn();
    await succeed("deleteMe", { current_password: person.password }, { token: person.access });
    const again = await register(newPerson({ username: person.username, email: person.email }));
    expect(again.id).not.toBe(person.id);
  });

  it("checks at most ten wrong passwords", async () => {
    const { access: token } = await signedIn();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => call("deleteMe", { current_password: "Wrong-Password-1" }, { token })),
    );
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(10);
    for (const answer of answers.filter(({ status }) => status !== 400))
      expectRefused(answer, "too_many_password_guesses");
  });
});
