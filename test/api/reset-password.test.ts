import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { call } from "../support/calls/api.ts";
import { wrongCode } from "../support/mail/wrong-code.ts";
import { comparable } from "../support/assert/comparable.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { codeTo, codeIn, letterTo, lettersTo } from "../support/mail/letters.ts";
import { newPassword } from "../support/people/credentials.ts";
import {
  activated,
  loginCode,
  newPerson,
  register,
  resetCode,
  signedIn,
  signIn,
} from "../support/people/people.ts";

const confirm = (email: string, otp_code: string, new_password = newPassword()) =>
  call("confirmPasswordReset", { email, otp_code, new_password });

const wrong = "AAAA-BBBB-CCCC-DDDD";

describe("POST user/reset_password/, then user/reset_password_confirm/", () => {
  it("replaces the password and ends every session and unused code [ASVS 6.3.4, 6.4.3, 7.4.3]", async () => {
    const person = await signedIn();
    const loginCodeBefore = await loginCode(person, 2);
    const otp_code = await resetCode(person, 3);
    expect(otp_code).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/);
    const password = newPassword();
    const answer = await confirm(person.email, otp_code, password);
    // No tokens: signing in still needs a code.
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: "" });

    expectRefused(await call("getMe", undefined, { token: person.access }), "token_not_valid");
    expectRefused(await call("refreshToken", { refresh: person.refresh }), "token_not_valid");
    expectRefused(
      await call("createToken", { email: person.email, otp_code: loginCodeBefore }),
      "sign_in_refused",
    );
    expectRefused(
      await call("requestOtp", { email: person.email, password: person.password }),
      "no_active_account",
    );
    const letter = await letterTo(person.email, 5);
    expect(letter.Subject).toContain("your password was changed");
    expect(letter.Body.text_part).toContain("using a code that we sent");
    await signIn({ ...person, password }, 5);
    expectRefused(await confirm(person.email, otp_code), "code_refused");
  });

  it("ignores hyphens, case and a sentence around the code", async () => {
    const person = await activated();
    const otp_code = await resetCode(person);
    const typed = otp_code.toLowerCase().replaceAll("-", "");
    for (const unclear of [`${otp_code}, ${wrong}`, `${typed.slice(1)}`])
      expectFieldErrors(await confirm(person.email, unclear), {
        otp_code: ["Enter the 16 characters of the code."],
      });
    const pasted = `Your code:\u00A0\u2066${typed.replace(/.{4}/, "$&\u2011")}\u2069.`;
    expect((await confirm(person.email.toUpperCase(), pasted)).status).toBe(204);
  });

  it("accepts only the newest letter's code [ASVS 6.4.3, 6.6.2]", async () => {
    const person = await activated();
    const first = await resetCode(person);
    const second = await resetCode(person, 2);
    expectRefused(await confirm(person.email, first), "code_refused");
    expect((await confirm(person.email, second)).status).toBe(204);
  });

  it("keeps the code valid when the new password breaks Django's rules [ASVS 6.2.1, 6.2.4]", async () => {
    const person = await activated();
    const otp_code = await resetCode(person);
    expectFieldErrors(await confirm(person.email, otp_code, "qwerty"), {
      new_password: [
        "This password is too short. It must contain at least 8 characters.",
        "This password is too common.",
      ],
    });
    expect((await confirm(person.email, otp_code, person.username)).body).toMatchObject({
      new_password: expect.arrayContaining([expect.stringContaining("too similar")]),
    });
    expect((await confirm(person.email, otp_code)).status).toBe(204);
  });

  it("compares the password with the username only after the right code [ASVS 6.2.11]", async () => {
    // Made of other letters than addresses and new passwords, so only the username is similar.
    const username = [...randomBytes(16)].map((byte) => "wxyz_+"[byte % 6]).join("");
    const person = await activated({ ...newPerson(), username });
    const otp_code = await resetCode(person);
    expectRefused(await confirm(person.email, wrong, username), "code_refused");
    expectFieldErrors(await confirm(person.email, otp_code, username), {
      new_password: ["The password is too similar to the username."],
    });
    expect((await confirm(person.email, otp_code)).status).toBe(204);
  });

  it("accepts a code once when submitted in parallel [ASVS 6.5.1]", async () => {
    const person = await activated();
    const otp_code = await resetCode(person);
    const passwords = Array.from({ length: 16 }, newPassword);
    const answers = await Promise.all(passwords.map((password) => confirm(person.email, otp_code, password)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 204))
      expectRefused(answer, "code_refused");
    const password = passwords[answers.findIndex(({ status }) => status === 204)] ?? "";
    await letterTo(person.email, 3);
    await signIn({ ...person, password }, 3);
  });

  it("lets its device sign in after too many wrong codes of strangers [ASVS 6.1.1]", async () => {
    const person = await activated();
    const right = await loginCode(person);
    const guess = () => call("createToken", { email: person.email, otp_code: wrongCode(right) });
    await Promise.all(Array.from({ length: 5 }, guess));
    expectRefused(await guess(), "too_many_code_guesses");
    const password = newPassword();
    const reset = await confirm(person.email, await resetCode(person, 2), password);
    expect(reset.status).toBe(204);
    await letterTo(person.email, 4);
    const device = { headers: { "x-device-token": reset.headers.get("x-device-token") ?? "" } };
    // Strangers can't notice the reset: their attempts stay counted.
    expectRefused(await guess(), "too_many_code_guesses");
    expect((await call("requestOtp", { ...person, password }, device)).status).toBe(200);
    const otp_code = await codeTo(person.email, 5);
    expect((await call("createToken", { email: person.email, otp_code }, device)).status).toBe(201);
  });

  it("activates a registration, also after too many wrong activation codes", async () => {
    const person = await register();
    const guess = () => call("activateUser", { email: person.email, otp_code: "000000" });
    await Promise.all(Array.from({ length: 5 }, guess));
    expectRefused(await guess(), "too_many_code_guesses");
    await letterTo(person.email);
    const otp_code = await resetCode(person);
    expectRefused(await confirm(person.email, wrong), "code_refused");
    const password = newPassword();
    expect((await confirm(person.email, otp_code, password)).status).toBe(204);
    expectRefused(await confirm(person.email, otp_code), "code_refused");
    await letterTo(person.email, 3);
    const { access } = await signIn({ ...person, password }, 3);
    const me = await call("getMe", undefined, { token: access });
    expect(me.body).toMatchObject({ email: person.email, username: expect.stringMatching(/^user_/) });
  });

  it("answers alike for accounts, registrations and unknown addresses [ASVS 6.4.3]", async () => {
    const [known, pending, unknown] = [await activated(), await register(), newPerson()];
    const answers = [];
    for (const { email } of [known, pending, unknown]) {
      answers.push(comparable(await call("resetPassword", { email })));
      expectRefused(await confirm(email, wrong), "code_refused");
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.status).toBe(204);
    expect(codeIn(await letterTo(known.email, 2))).toHaveLength(19);
    expect(await lettersTo(unknown.email)).toEqual([]);
  });

  it("refuses invalid and missing fields, per field", async () => {
    expectFieldErrors(await call("resetPassword", { email: "nobody" }), {
      email: ["Enter a valid email address."],
    });
    expectFieldErrors(await call("confirmPasswordReset", { email: "a@example.com", otp_code: "123 456" }), {
      otp_code: ["Enter the 16 characters of the code."],
      new_password: ["This field is required."],
    });
  });
});
