import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { codeTo, letterTo, lettersTo } from "../support/mail/letters.ts";
import { newPassword } from "../support/people/credentials.ts";
import { loginCode, resetCode, signedIn, signIn } from "../support/people/people.ts";

describe("POST user/set_password/", () => {
  it("replaces the password and ends other sessions and unused codes [ASVS 6.2.2, 7.4.3]", async () => {
    const person = await signedIn();
    const other = await signIn(person, 2);
    const otp_code = await loginCode(person, 3);
    const password = newPassword();
    await succeed(
      "setPassword",
      { current_password: person.password, new_password: password },
      { token: person.access },
    );

    await succeed("getMe", undefined, { token: person.access });
    await succeed("refreshToken", { refresh: person.refresh });
    expectRefused(await call("getMe", undefined, { token: other.access }), "token_not_valid");
    expectRefused(await call("refreshToken", { refresh: other.refresh }), "token_not_valid");
    expectRefused(await call("createToken", { email: person.email, otp_code }), "sign_in_refused");
    expectRefused(
      await call("requestOtp", { email: person.email, password: person.password }),
      "no_active_account",
    );
    const letter = await letterTo(person.email, 5);
    expect(letter.Subject).toContain("your password was changed");
    expect(letter.Body.text_part).toContain("signed in");
    await signIn({ ...person, password }, 5);
  });

  it("invalidates an unused reset code", async () => {
    const person = await signedIn();
    const otp_code = await resetCode(person, 2);
    const [password, another] = [newPassword(), newPassword()];
    await succeed(
      "setPassword",
      { current_password: person.password, new_password: password },
      { token: person.access },
    );
    expectRefused(
      await call("confirmPasswordReset", { email: person.email, otp_code, new_password: another }),
      "code_refused",
    );
  });

  it("refuses a wrong current password and a weak new one [ASVS 6.2.1, 6.2.3, 6.2.4, 7.5.1]", async () => {
    const person = await signedIn();
    const set = (current_password: string, new_password: string) =>
      call("setPassword", { current_password, new_password }, { token: person.access });
    expectFieldErrors(await set("Wrong-Password-1", newPassword()), {
      current_password: ["Invalid password."],
    });
    expect((await set(person.password, person.username)).body).toEqual({
      new_password: expect.arrayContaining(["The password is too similar to the username."]),
    });
    expectFieldErrors(await set(person.password, "qwerty"), {
      new_password: [
        "This password is too short. It must contain at least 8 characters.",
        "This password is too common.",
      ],
    });
    expectFieldErrors(await call("setPassword", {}, { token: person.access }), {
      current_password: ["This field is required."],
      new_password: ["This field is required."],
    });
    expect(await lettersTo(person.email)).toHaveLength(2);
    await signIn(person, 2);
  });

  it("accepts one of two concurrent changes [ASVS 6.2.2]", async () => {
    const person = await signedIn();
    const passwords = [newPassword(), newPassword()];
    const answers = await Promise.all(
      passwords.map((new_password) =>
        call("setPassword", { current_password: person.password, new_password }, { token: person.access }),
      ),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    const winner = passwords[answers.findIndex(({ status }) => status === 204)] ?? "";
    for (const answer of answers.filter(({ status }) => status === 400))
      expectFieldErrors(answer, { current_password: ["Invalid password."] });
    await letterTo(person.email, 3);
    await signIn({ ...person, password: winner }, 3);
  });

  // Otherwise a stolen access token would serve to guess the password.
  it("shares a limit of ten wrong passwords with other operations [ASVS 6.2.3, 6.3.1]", async () => {
    const { access: token } = await signedIn();
    const current_password = "Wrong-Password-1";
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        index % 2 === 0
          ? call("setPassword", { current_password, new_password: newPassword() }, { token })
          : call("deleteMe", { current_password }, { token }),
      ),
    );
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(10);
    for (const answer of answers.filter(({ status }) => status !== 400))
      expectRefused(answer, "too_many_password_guesses");
  });

  it("requires an access token", async () => {
    expectRefused(
      await call("setPassword", { current_password: "a", new_password: "b" }),
      "not_authenticated",
    );
  });

  it("limits the changes, and so the letters that a thief can cause", async () => {
    const person = await signedIn();
    let current = person.password;
    const change = async () => {
      const next = newPassword();
      const body = { current_password: current, new_password: next };
      const answer = await call("setPassword", body, { token: person.access });
      if (answer.status === 204) current = next;
      return answer;
    };
    for (let changes = 0; changes < 5; changes += 1) expect((await change()).status).toBe(204);
    expectRefused(await change(), "too_many_password_changes");
    expect((await letterTo(person.email, 7)).Subject).toContain("your password was changed");
    // The owner can still reset it.
    await succeed("resetPassword", { email: person.email });
    const reset = { email: person.email, otp_code: await codeTo(person.email, 8) };
    await succeed("confirmPasswordReset", { ...reset, new_password: newPassword() });
  });
});
