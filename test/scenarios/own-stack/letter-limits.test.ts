// Tests the limits on letters that anyone can request, without the password of an account.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ErrorCode } from "../../../shared/contract/errors.ts";
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
  registrationLetter,
  registrationLettersTo,
  resetLettersTo,
  signInLettersFor,
} from "../../../shared/limits/letter-limits.ts";
import { metricMoved } from "../../support/logs/moved-metrics.ts";
import { call, succeed } from "../../support/calls/api.ts";
import { runCommand } from "../../support/calls/commands.ts";
import { comparable } from "../../support/assert/comparable.ts";
import { expectRefused } from "../../support/assert/refusals.ts";
import { codeTo, letterTo, lettersTo } from "../../support/mail/letters.ts";
import { allLettersSent } from "../../support/mail/mail-queue.ts";
import { limitsOf } from "../../support/limits/stack-limits.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";
import { newPassword } from "../../support/people/credentials.ts";
import {
  activated,
  loginCode,
  newPerson,
  register,
  signIn,
  signedIn,
  type Person,
} from "../../support/people/people.ts";

const settled = () => allLettersSent(stack);
const lettersIn = async (...addresses: string[]) =>
  (await Promise.all(addresses.map(lettersTo))).reduce((sum, letters) => sum + letters.length, 0);

let stack: TestStack;
let limits: ReturnType<typeof limitsOf>;
beforeAll(async () => {
  // As deployed: three in ten minutes, five an hour.
  const settings = { UNPROVEN_LETTERS_PER_TEN_MINUTES: "3", UNPROVEN_LETTERS_PER_HOUR: "5" };
  stack = await startTestStack({ settings });
  limits = limitsOf(stack);
});
afterAll(() => stack.remove());

const registerAt = (email: string) => call("createUser", newPerson({ email }));
const reset = (email: string) => call("resetPassword", { email });

describe("limit on letters per mailbox", () => {
  it("lets three letters leave, across +tags and case, and answers alike", async () => {
    const { username, email } = newPerson();
    const tagged = Array.from({ length: 8 }, (_, index) => email.replace("@", `+${index}@`));
    const answers = await Promise.all([...tagged, `${username}@EXAMPLE.com`].map(registerAt));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    const members = answers.map(({ body }) => Object.keys(body as object));
    expect(new Set(members.map((names) => names.join())).size).toBe(1);
    await settled();
    expect(await lettersIn(...tagged, `${username}@EXAMPLE.com`)).toBe(3);
  });

  it("counts spellings of one Gmail or Yahoo mailbox together", async () => {
    for (const spell of [
      (name: string) => [
        `${name}@gmail.com`,
        `${name[0]}.${name.slice(1)}@gmail.com`,
        `${name}@googlemail.com`,
      ],
      (name: string) => [`${name}@yahoo.com`, `${name}-a@yahoo.com`, `${name}+b@yahoo.com`],
    ]) {
      const spellings = [spell(newPerson().username), spell(newPerson().username)];
      const [mine = []] = spellings;
      for (const email of [...mine, ...mine]) expect((await registerAt(email)).status).toBe(201);
      await settled();
      expect(await lettersIn(...mine)).toBe(3);
      // Resets count for the exact address.
      for (let times = 0; times < 4; times += 1) await reset(mine[0]!);
      const other = mine[1]!;
      expect((await reset(other)).status).toBe(204);
      expect((await letterTo(other, 2)).Subject).toContain("password reset");
    }
  });

  it("counts resets of registered spellings together, apart from the mailbox's own", async () => {
    const { email } = newPerson();
    const tagged = Array.from({ length: 8 }, (_, index) => email.replace("@", `+${index}@`));
    await Promise.all([...tagged, email].map(registerAt));
    await settled();
    for (const spelling of [...tagged, ...tagged]) expect((await reset(spelling)).status).toBe(204);
    await settled();
    expect(await lettersIn(...tagged, email)).toBe(3 + 3 * 3);
    const before = await lettersIn(email);
    expect((await reset(email)).status).toBe(204);
    expect((await letterTo(email, before + 1)).Subject).toContain("password reset");
  });

  it("isn't reached by attempts to register a taken username", async () => {
    const { username } = await register();
    const newcomer = newPerson();
    for (let tries = 0; tries < 5; tries += 1)
      expect((await call("createUser", { ...newcomer, username })).status).toBe(400);
    await register(newcomer);
    await letterTo(newcomer.email);
  });

  it("keeps the waiting registration and its code beyond it", async () => {
    const owner = newPerson();
    for (let times = 0; times < 3; times += 1) {
      await registerAt(owner.email);
      await letterTo(owner.email, 1 + times);
    }
    const otp_code = await codeTo(owner.email, 3);
    expect((await call("createUser", owner)).status).toBe(201);
    expect((await call("requestOtp", owner)).status).toBe(401);
    const activation = { ...owner, otp_code };
    const user = await succeed("activateUser", activation);
    expect(user).toMatchObject({ username: owner.username, email: owner.email });
    expect((await call("requestOtp", owner)).status).toBe(200);
    expect((await letterTo(owner.email, 4)).Subject).toContain("sign-in");
  });

  it("counts reset letters separately and keeps the last code valid", async () => {
    const [owner, pending, stranger] = [await activated(), await register(), newPerson()];
    const last = [];
    for (const { email } of [owner, pending, stranger]) {
      for (let times = 0; times < 4; times += 1) {
        const answer = await reset(email);
        expect([answer.status, answer.text]).toEqual([204, ""]);
        if (times === 3) last.push(comparable(answer));
        // Otherwise one order could overtake another, and the last letter's code be invalid.
        if (email === owner.email && times < 3) await letterTo(email, 2 + times);
      }
    }
    expect(last[1]).toEqual(last[0]);
    expect(last[2]).toEqual(last[0]);
    const otp_code = await codeTo(owner.email, 4);
    await settled();
    expect(await lettersIn(owner.email)).toBe(4);
    const body = { email: owner.email, otp_code, new_password: newPassword() };
    expect((await call("confirmPasswordReset", body)).status).toBe(204);
  });

  it("keeps the last activation code valid and doesn't block login codes", async () => {
    const pending = await register();
    const ask = () => call("requestOtp", { email: pending.email, password: pending.password });
    await letterTo(pending.email);
    for (let times = 0; times < 2; times += 1) {
      expect((await ask()).status).toBe(200);
      await letterTo(pending.email, 2 + times);
    }
    const code = await codeTo(pending.email, 3);
    expect((await ask()).status).toBe(200);
    expect((await call("activateUser", { email: pending.email, otp_code: code })).status).toBe(200);

    const owner = await activated();
    for (let times = 0; times < 5; times += 1) await registerAt(owner.email);
    await letterTo(owner.email, 3);
    expect(await loginCode(owner, 3)).toMatch(/^\d{3} \d{3}$/);
  });

  it("keeps reset letters available while strangers register or reset similar addresses", async () => {
    const owner = await activated();
    for (let times = 0; times < 4; times += 1) await registerAt(owner.email);
    for (const tag of ["+a", "+b", "+c", "+d"]) await reset(owner.email.replace("@", `${tag}@`));
    await settled();
    const before = await lettersIn(owner.email);
    expect((await reset(owner.email)).status).toBe(204);
    expect((await letterTo(owner.email, before + 1)).Subject).toContain("password reset");
  });

  it("applies to email changes, per account and per mailbox", async () => {
    const ask = async ({ access, password }: { access: string; password: string }, new_email: string) =>
      call("setEmail", { new_email, current_password: password }, { token: access });
    const people = await Promise.all([signedIn(), signedIn(), signedIn(), signedIn()]);
    const { email } = newPerson();
    const answers = [];
    for (const person of people) answers.push(await ask(person, email));
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 429]);
    expectRefused(answers[3]!, "too_many_letters");
    for (const status of [204, 204, 429])
      expect((await ask(people[0], newPerson().email)).status).toBe(status);
    expectRefused(await ask(people[0], newPerson().email), "too_many_address_changes");
  });
});

describe("limit on letters per network and in total", () => {
  const limitRefusing = async (code: ErrorCode) => {
    const { told } = registrationLetter("any mailbox", await pseudonyms.ofNetwork("127.0.0.1"));
    const limit = told.find(({ refusal }) => refusal === code);
    if (!limit) throw new Error(`no limit on letters refuses with ${code}`);
    return limit;
  };

  it.each([
    ["from one network", "too_many_letters_from_network"],
    ["in total", "letter_budget_spent"],
  ] as const)("refuses further letters %s, but no sign-in", async (_, code) => {
    const [person, pending] = [await activated(), await register()];
    const ask = ({ email, password }: Person) => call("requestOtp", { email, password });
    const older = await codeTo(pending.email);
    const limit = await limitRefusing(code);
    await limits.exhaust(limit);
    const newcomer = newPerson();
    expectRefused(await call("createUser", newcomer), code);
    expectRefused(await call("createUser", { ...newPerson(), email: person.email }), code);
    expectRefused(await ask(pending), code);
    if (code === "letter_budget_spent") await metricMoved(stack, "LettersOverBudget", 2);
    expect((await call("activateUser", { email: pending.email, otp_code: older })).status).toBe(200);
    expect((await ask(person)).status).toBe(200);
    const otp_code = await codeTo(person.email, 2);
    expect((await call("createToken", { email: person.email, otp_code })).status).toBe(201);
    await limits.clear(limit);
    expect((await call("createUser", newcomer)).status).toBe(201);
  });

  // Not to the network, because an attempt to register costs a password hash.
  it("gives back the letter for a taken username, except per network", async () => {
    const { username } = await register();
    const newcomer = newPerson({ username });
    const { told, mailbox } = registrationLetter(
      await pseudonyms.ofMailbox(newcomer.email),
      await pseudonyms.ofNetwork("127.0.0.1"),
    );
    const counted = () => Promise.all([mailbox, ...told].map(limits.counted));
    const [, [before = 0] = [], ofAll] = await counted();
    expect((await call("createUser", newcomer)).status).toBe(400);
    expect(await counted()).toEqual([[0, 0], [before + 1], ofAll]);
  });
});

const personWithDevice = async () => {
  const person = await register();
  const body = { ...person, otp_code: await codeTo(person.email) };
  const activated = await call("activateUser", body);
  const device = { headers: { "x-device-token": activated.headers.get("x-device-token") ?? "" } };
  return { ...person, device, ...(await signIn(person)) };
};

// A stranger without the password and a thief with session and password have used up every counter
// that they can. The owner still gets each kind of code.
it("all counters used up leave the owner every kind of code [ASVS 6.1.1]", async () => {
  const { exhaust, clear } = limits;
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
  await clear(registrationBudget());
  const code = /^ {4}(\S+)$/m.exec(undo?.Body.text_part ?? "")?.[1];
  expect((await call("undoEmail", { email, otp_code: code })).status).toBe(204);
});

it("no limit stops smoke tests, and they use none up", async () => {
  await limits.exhaust(registrationLettersTo(await pseudonyms.ofMailbox("success@simulator.amazonses.com")));
  const counted = async () => {
    const { told } = registrationLetter("", await pseudonyms.ofNetwork("127.0.0.1"));
    return Promise.all(told.map((limit) => limits.counted(limit)));
  };
  const before = await counted();
  const { code, stderr } = await runCommand("smoke-test", [], stack);
  expect([code, stderr]).toEqual([0, ""]);
  expect(await counted()).toEqual(before);
});
