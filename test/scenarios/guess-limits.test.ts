import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { call, type Answer, type Options } from "../support/calls/api.ts";
import { wrongCode } from "../support/mail/wrong-code.ts";
import { comparable } from "../support/assert/comparable.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { codeTo, letterTo } from "../support/mail/letters.ts";
import { limitsOf } from "../support/limits/stack-limits.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";
import { newPassword } from "../support/people/credentials.ts";
import { newPerson, register, resetCode, type Person } from "../support/people/people.ts";
import { presetAccount } from "../support/presets/presets.ts";
import { codeGuess, guessesFrom, wrongPassword } from "../../shared/limits/guess-limits.ts";
import { signInLettersFor } from "../../shared/limits/letter-limits.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
let limits: ReturnType<typeof limitsOf>;
beforeAll(async () => {
  stack = await sharedStack();
  limits = limitsOf(stack);
});

// The two ways in which a device sends its token.
const cookieOf = ({ headers }: Answer): Options => ({
  headers: { cookie: (headers.get("set-cookie") ?? "").split(";")[0] ?? "" },
});
const headerOf = ({ headers }: Answer): Options => ({
  headers: { "x-device-token": headers.get("x-device-token") ?? "" },
});

// A person with an account, and the answer that made their device known.
const personWithDevice = async (): Promise<{ person: Person; answer: Answer }> => {
  const person = await register();
  const answer = await call("activateUser", { email: person.email, otp_code: await codeTo(person.email) });
  expect(answer.status, answer.text).toBe(200);
  return { person, answer };
};
const ask = ({ email, password }: Person, options?: Options) =>
  call("requestOtp", { email, password }, options);
const guess = ({ email }: Person, otp_code: string, options?: Options) =>
  call("createToken", { email, otp_code }, options);
const passwordsOf = async ({ email }: Person) => wrongPassword(await pseudonyms.ofAddress(email));
const codesOf = async ({ email }: Person) => codeGuess("login", await pseudonyms.ofAddress(email));

describe("address with used-up attempts", () => {
  it.each([
    ["by its cookie", cookieOf],
    ["by its header", headerOf],
  ])("accepts a device known %s but delays new ones [ASVS 6.1.1]", async (_, deviceOf) => {
    const { person, answer } = await personWithDevice();
    const device = deviceOf(answer);
    const wrong = await Promise.all(
      Array.from({ length: 12 }, () => ask({ ...person, password: "Not-The-Password-1" })),
    );
    expect(wrong.filter(({ status }) => status === 401)).toHaveLength(10);
    expectRefused(await ask(person), "too_many_password_guesses");

    expect((await ask(person, device)).status).toBe(200);
    const code = await codeTo(person.email, 2);
    for (let step = 1; step <= 5; step += 1)
      expectRefused(await guess(person, wrongCode(code, step)), "sign_in_refused");
    expectRefused(await guess(person, code), "too_many_code_guesses");

    const signedIn = await guess(person, code, device);
    expect(signedIn.status, signedIn.text).toBe(201);
    expect(deviceOf(signedIn)).not.toEqual(device);
    expectRefused(await ask(person), "too_many_password_guesses");
  });

  it("accepts only known devices after a hundred consecutive wrong codes", async () => {
    const { person, answer } = await personWithDevice();
    await limits.exhaust(await codesOf(person));
    const device = headerOf(answer);
    expect((await ask(person, device)).status).toBe(200);
    const code = await codeTo(person.email, 2);
    expectRefused(await guess(person, code), "code_guesses_used_up");
    const signedIn = await guess(person, code, device);
    expect(signedIn.status, signedIn.text).toBe(201);
    expectRefused(await guess(person, code), "code_guesses_used_up");
  });
});

describe("device known after a reset", () => {
  it("keeps its own attempts when a stranger uses up the others [ASVS 6.1.1]", async () => {
    const person = await presetAccount(stack);
    const useUp = async () => {
      await limits.exhaust(await passwordsOf(person));
      await limits.exhaust(await codesOf(person));
    };
    await useUp();
    const password = newPassword();
    const body = { email: person.email, otp_code: await resetCode(person, 0), new_password: password };
    const reset = await call("confirmPasswordReset", body);
    expect([reset.status, reset.text]).toEqual([204, ""]);
    await letterTo(person.email, 2);
    await useUp();
    const owner = { ...person, password };
    expectRefused(await ask(owner), "too_many_password_guesses");
    expect((await ask(owner, cookieOf(reset))).status).toBe(200);
    const signedIn = await guess(owner, await codeTo(person.email, 3), headerOf(reset));
    expect(signedIn.status, signedIn.text).toBe(201);
  });
});

describe("device token", () => {
  it("is ignored when forged or of another address [ASVS 9.1.1]", async () => {
    const { person, answer } = await personWithDevice();
    const others = await personWithDevice();
    const own = answer.headers.get("x-device-token") ?? "";
    const forged = own.endsWith("A") ? `${own.slice(0, -1)}B` : `${own.slice(0, -1)}A`;
    await limits.exhaust(await passwordsOf(person));
    for (const token of [
      others.answer.headers.get("x-device-token") ?? "",
      forged,
      "a.1.b",
      "x".repeat(4000),
    ])
      expectRefused(await ask(person, { headers: { "x-device-token": token } }), "too_many_password_guesses");
    expect((await ask(person, headerOf(answer))).status).toBe(200);
  });

  it("has its own limits, and a success gives one attempt back", async () => {
    const { person, answer } = await personWithDevice();
    const device = headerOf(answer);
    for (let step = 0; step < 4; step += 1)
      expectRefused(await guess(person, wrongCode("000000", step), device), "sign_in_refused");
    expect(await limits.counted(await codesOf(person))).toEqual([0, 0, 0]);
    expect((await ask(person, device)).status).toBe(200);
    expect(await limits.counted(await passwordsOf(person))).toEqual([0, 0]);
    expect((await guess(person, await codeTo(person.email, 2), device)).status).toBe(201);
    expectRefused(await guess(person, wrongCode("000000", 5), device), "sign_in_refused");
    expectRefused(await guess(person, "000000", device), "too_many_code_guesses");
  });
});

describe("success of an owner", () => {
  it("leaves what strangers have counted [ASVS 6.3.1]", async () => {
    const person = await presetAccount(stack);
    const key = await pseudonyms.ofAddress(person.email);
    const [passwords, codes] = [wrongPassword(key), codeGuess("login", key)];
    const counted = async () => [await limits.counted(passwords), await limits.counted(codes)];
    expectRefused(await ask({ ...person, password: "Not-The-Password-1" }), "no_active_account");
    for (let step = 0; step < 4; step += 1)
      expectRefused(await guess(person, wrongCode("000000", step)), "sign_in_refused");
    expect(await counted()).toEqual([
      [1, 1],
      [4, 4, 4],
    ]);
    expect((await ask(person)).status).toBe(200);
    expect((await guess(person, await codeTo(person.email))).status).toBe(201);
    // Only the row of consecutive failures ends.
    expect(await counted()).toEqual([
      [1, 1],
      [4, 4, 0],
    ]);
    const body = { email: person.email, otp_code: await resetCode(person, 1), new_password: newPassword() };
    expect((await call("confirmPasswordReset", body)).status).toBe(204);
    expect(await counted()).toEqual([
      [1, 1],
      [4, 4, 0],
    ]);
    // An unknown address counts just the same.
    const stranger = newPerson();
    for (let step = 0; step < 5; step += 1)
      expectRefused(await guess(stranger, wrongCode("000000", step)), "sign_in_refused");
    expectRefused(await guess(person, wrongCode("000000", 1)), "sign_in_refused");
    const refused = [await guess(person, "000000"), await guess(stranger, "000000")];
    for (const one of refused) expectRefused(one, "too_many_code_guesses");
    expect(comparable(refused[1]!)).toEqual(comparable(refused[0]!));
  });

  it("uses up no window, however often they sign in", async () => {
    const person = await presetAccount(stack);
    const letters = signInLettersFor(await pseudonyms.ofAddress(person.email));
    for (let times = 0; times < 3; times += 1) {
      expect((await ask(person)).status).toBe(200);
      expect((await guess(person, await codeTo(person.email, 1 + times))).status).toBe(201);
    }
    expect(Math.max(...(await limits.counted(await codesOf(person))))).toBe(0);
    expect(Math.max(...(await limits.counted(await passwordsOf(person))))).toBe(0);
    expect(await limits.counted(letters)).toEqual([0]);
  });

  it("isn't prevented by a thief who keeps asking for codes", async () => {
    const person = await presetAccount(stack);
    expect((await ask(person)).status).toBe(200);
    const code = await codeTo(person.email);
    await limits.exhaust(signInLettersFor(await pseudonyms.ofAddress(person.email)));
    const covered = await ask(person);
    expect([covered.status, covered.body]).toEqual([200, { detail: "OTP successfully sent by email" }]);
    // The code in the mailbox stays valid, and after it was used the next one can be asked for.
    expect((await guess(person, code)).status).toBe(201);
    expect((await ask(person)).status).toBe(200);
    expect((await guess(person, await codeTo(person.email, 2))).status).toBe(201);
  });
});

describe("network with used-up attempts", () => {
  const network = async () => guessesFrom(await pseudonyms.ofNetwork("127.0.0.1"));
  beforeEach(async () => () => network().then(limits.clear));

  it("is refused alike for known and unknown addresses [ASVS 6.3.1]", async () => {
    const { person, answer } = await personWithDevice();
    const stranger = newPerson();
    await limits.exhaust(await network());
    const elsewhere: Options = {
      headers: { "x-forwarded-for": "198.51.100.7", forwarded: "for=198.51.100.7" },
    };
    const answers = [];
    for (const { email, password } of [person, stranger]) {
      answers.push(await call("requestOtp", { email, password }, elsewhere));
      answers.push(await call("createToken", { email, otp_code: "000000" }, elsewhere));
      answers.push(await call("activateUser", { email, otp_code: "000000" }, elsewhere));
      const key = await pseudonyms.ofAddress(email);
      for (const limit of [wrongPassword(key), codeGuess("login", key), codeGuess("activation", key)])
        expect(Math.max(...(await limits.counted(limit)))).toBe(0);
    }
    for (const refused of answers) expectRefused(refused, "too_many_tries_from_network");
    expect(answers.slice(3).map(comparable)).toEqual(answers.slice(0, 3).map(comparable));
    expect((await ask(person, cookieOf(answer))).status).toBe(200);
  });

  it("can't try long codes either, until the window ends [ASVS 6.6.3]", async () => {
    const person = await presetAccount(stack);
    const { email } = person;
    const body = { email, otp_code: await resetCode(person, 0), new_password: newPassword() };
    await limits.exhaust(await network());
    const otp_code = "AAAA-BBBB-CCCC-DDDD";
    for (const refused of [
      await call("confirmPasswordReset", body),
      await call("confirmPasswordReset", { ...body, otp_code }),
      await call("claimEmail", { email, otp_code }),
      await call("undoEmail", { email, otp_code }),
    ])
      expectRefused(refused, "too_many_tries_from_network");
    await limits.clear(await network());
    expect((await call("confirmPasswordReset", body)).status).toBe(204);
  });
});
