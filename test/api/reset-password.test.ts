import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { call } from "../support/calls/api.ts";
import { wrongCode } from "../support/mail/wrong-code.ts";
import { comparable } from "../support/assert/comparable.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { codeIn, letterTo, lettersTo } from "../support/mail/letters.ts";
import {
  activated,
  loginCode,
  newPerson,
  register,
  resetCode,
  signedIn,
  signIn,
} from "../support/people/people.ts";
import { newPassword } from "../support/people/credentials.ts";

const confirm = (email: string, otp_code: string, new_password = newPassword()) =>
  call("confirmPasswordReset", { email, otp_code, new_password });

const wrong = "AAAA-BBBB-CCCC-DDDD";

describe("a lost password", () => {
  it("is replaced with the code from the letter; every session and waiting code ends, and nobody is signed in [ASVS 6.3.4, 6.4.3, 7.4.3]", async () => {
    const person = await signedIn();
    const loginCodeBefore = await loginCode(person, 2);
    const otp_code = await resetCode(person, 3);
    expect(otp_code).toMatch(/^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/);
    const password = newPassword();
    const answer = await confirm(person.email, otp_code, password);
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

  it("takes the code in either case, with and without hyphens, and the address in either case", async () => {
    const person = await activated();
    const otp_code = await resetCode(person);
    const typed = otp_code.toLowerCase().replaceAll("-", "");
    expect((await confirm(person.email.toUpperCase(), typed)).status).toBe(204);
  });

  it("lets only the newest letter's code work [ASVS 6.4.3, 6.6.2]", async () => {
    const person = await activated();
    const first = await resetCode(person);
    const second = await resetCode(person, 2);
    expectRefused(await confirm(person.email, first), "code_refused");
    expect((await confirm(person.email, second)).status).toBe(204);
  });

  it("keeps the code alive when the new password is refused, and tells its rules as Django does [ASVS 6.2.1, 6.2.4]", async () => {
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

  it("tells nobody without the code that a password is like the username [ASVS 6.2.11]", async () => {
    // Of other letters than addresses and new passwords are.
    const username = [...randomBytes(16)].map((byte) => "wxyz_+"[byte % 6]).join("");
    const person = await activated({ ...newPerson(), username });
    const otp_code = await resetCode(person);
    expectRefused(await confirm(person.email, wrong, username), "code_refused");
    expectFieldErrors(await confirm(person.email, otp_code, username), {
      new_password: ["The password is too similar to the username."],
    });
    expect((await confirm(person.email, otp_code)).status).toBe(204);
  });

  it("lets one of many parallel confirmations with the right code succeed [ASVS 6.5.1]", async () => {
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

  it("clears the guesses that a stranger has counted against the address [ASVS 6.1.1]", async () => {
    const person = await activated();
    const right = await loginCode(person);
    const guess = () => call("createToken", { email: person.email, otp_code: wrongCode(right) });
    await Promise.all(Array.from({ length: 5 }, guess));
    expectRefused(await guess(), "too_many_code_guesses");
    const password = newPassword();
    expect((await confirm(person.email, await resetCode(person, 2), password)).status).toBe(204);
    await letterTo(person.email, 4);
    await signIn({ ...person, password }, 4);
  });

  it("proves a registration by the way, also when a stranger has used up the guesses of its own code", async () => {
    const person = await register();
    const guess = () => call("activateUser", { email: person.email, otp_code: "000000" });
    await Promise.all(Array.from({ length: 5 }, guess));
    expectRefused(await guess(), "too_many_code_guesses");
    await letterTo(person.email);
    const otp_code = await resetCode(person);
    expectRefused(await confirm(person.email, wrong), "code_refused");
    expect((await confirm(person.email, otp_code, person.username)).status).toBe(400);
    const password = newPassword();
    expect((await confirm(person.email, otp_code, password)).status).toBe(204);
    expectRefused(await confirm(person.email, otp_code), "code_refused");
    await letterTo(person.email, 3);
    const { access } = await signIn({ ...person, password }, 3);
    const me = await call("getMe", undefined, { token: access });
    expect(me.body).toMatchObject({ id: person.id, username: person.username });
  });

  it("answers alike for known, waiting and unknown addresses, and for wrong, used and missing codes [ASVS 6.4.3]", async () => {
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

  it("refuses bodies that are none, by field", async () => {
    expectFieldErrors(await call("resetPassword", { email: "nobody" }), {
      email: ["Enter a valid email address."],
    });
    expectFieldErrors(await call("confirmPasswordReset", { email: "a@example.com", otp_code: "123 456" }), {
      otp_code: ["Enter the 16 characters of the code."],
      new_password: ["This field is required."],
    });
  });
});
