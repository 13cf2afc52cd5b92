// A stranger without the password and a thief with session and password have used up every counter
// that they can. The owner still gets each kind of code.
import { afterAll, beforeAll, expect, it } from "vitest";
import { pseudonyms } from "../../../shared/identity/pseudonyms.ts";
import type { Limit } from "../../../shared/limits/counters.ts";
import {
  codeGuess,
  currentPasswordGuess,
  devicesSubject,
  passwordChangesOf,
  usernameChangesOf,
  wrongPassword,
} from "../../../shared/limits/guess-limits.ts";
import {
  addressChangeLettersTo,
  addressChangesOf,
  registrationBudget,
  registrationLettersTo,
  resetLettersTo,
  signInLettersFor,
} from "../../../shared/limits/letter-limits.ts";
import { call, succeed } from "../../support/calls/api.ts";
import { limitsOf } from "../../support/limits/stack-limits.ts";
import { codeTo, letterTo, lettersTo } from "../../support/mail/letters.ts";
import { newPassword } from "../../support/people/credentials.ts";
import { newPerson, register, signIn } from "../../support/people/people.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";

let stack: TestStack;
beforeAll(async () => {
  const settings = { UNPROVEN_LETTERS_PER_TEN_MINUTES: "3", UNPROVEN_LETTERS_PER_HOUR: "5" };
  stack = await startTestStack({ settings });
});
afterAll(() => stack.remove());

const personWithDevice = async () => {
  const person = await register();
  const body = { ...person, otp_code: await codeTo(person.email) };
  const activated = await call("activateUser", body);
  const device = { headers: { "x-device-token": activated.headers.get("x-device-token") ?? "" } };
  return { ...person, device, ...(await signIn(person)) };
};

it("all counters used up leave the owner every kind of code [ASVS 6.1.1]", async () => {
  const { exhaust } = limitsOf(stack);
  const person = await personWithDevice();
  const { id, email, password, device, access: token } = person;
  const newEmail = newPerson().email;
  await succeed("setEmail", { new_email: newEmail, current_password: password }, { token });
  const [key, mailbox] = [await pseudonyms.ofAddress(email), await pseudonyms.ofMailbox(email)];
  const newMailbox = await pseudonyms.ofMailbox(newEmail);
  const byStranger = [
    wrongPassword(key),
    codeGuess("login", key),
    codeGuess("activation", key),
    registrationLettersTo(mailbox),
    resetLettersTo(key),
    registrationBudget(),
  ];
  const byThief = [
    signInLettersFor(key),
    signInLettersFor(devicesSubject(key)),
    addressChangesOf(id),
    addressChangeLettersTo(newMailbox),
    passwordChangesOf(id),
    usernameChangesOf(id),
    currentPasswordGuess(id),
  ];
  // The codes in the newest letters have expired, or were used.
  const useUp = (limits: Limit[]) => Promise.all(limits.map((limit) => exhaust(limit, { secondsAgo: 600 })));
  await useUp([...byStranger, ...byThief]);

  const letters = 3;
  await letterTo(email, letters);
  await succeed("resetPassword", { email });
  const otp_code = await codeTo(email, letters + 1);
  const signInAgain = await call("requestOtp", { email, password }, device);
  expect(signInAgain.status, signInAgain.text).toBe(200);
  const login = await codeTo(email, letters + 2);
  expect((await call("createToken", { email, otp_code: login }, device)).status).toBe(201);
  const new_password = newPassword();
  const reset = await call("confirmPasswordReset", { email, otp_code, new_password });
  expect([reset.status, reset.text]).toEqual([204, ""]);
  expect((await letterTo(email, letters + 3)).Subject).toContain("your password was changed");
  const undo = (await lettersTo(email)).find(({ Subject }) => Subject.includes("about to change"));
  const code = /^ {4}(\S+)$/m.exec(undo?.Body.text_part ?? "")?.[1];
  expect((await call("undoEmail", { email, otp_code: code })).status).toBe(204);
});
