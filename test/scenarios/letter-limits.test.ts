import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call } from "../support/calls/api.ts";
import { comparable } from "../support/assert/comparable.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { codeTo, letterTo } from "../support/mail/letters.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { activated, loginCode, newPerson, register, signedIn } from "../support/people/people.ts";
import { newPassword } from "../support/people/credentials.ts";

describe("letters that no password of an account has proven", () => {
  let stack: TestStack;
  beforeAll(async () => {
    // As deployed: three in ten minutes, five an hour.
    const settings = { UNPROVEN_LETTERS_PER_TEN_MINUTES: "3", UNPROVEN_LETTERS_PER_HOUR: "5" };
    stack = await startTestStack({ settings });
  });
  afterAll(() => stack.remove());

  it("stop at three, with Retry-After, whoever asks and whatever tag the address carries", async () => {
    const { username, email } = newPerson();
    const registerAt = (address: string) => call("createUser", newPerson({ email: address }));
    const tagged = Array.from({ length: 8 }, (_, index) => email.replace("@", `+${index}@`));
    const answers = await Promise.all(tagged.map(registerAt));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    const refused = answers.filter(({ status }) => status !== 201);
    for (const answer of refused) expectRefused(answer, "too_many_letters");
    expectRefused(await registerAt(`${username}@EXAMPLE.com`), "too_many_letters");
  });

  it("are not spent by trying usernames that are taken", async () => {
    const { username } = await register();
    const newcomer = newPerson();
    for (let tries = 0; tries < 5; tries += 1)
      expect((await call("createUser", { ...newcomer, username })).status).toBe(400);
    await register(newcomer);
    await letterTo(newcomer.email);
  });

  it("stop alike for free, pending and taken addresses", async () => {
    const owner = await activated();
    const pending = await register();
    const kinds = await Promise.all(
      [owner.email, pending.email, newPerson().email].map(async (email) => {
        const answers = [];
        for (let times = 0; times < 4; times += 1)
          answers.push(await call("createUser", newPerson({ email })));
        return comparable(answers.at(-1) ?? (await call("getKeys")));
      }),
    );
    expect(kinds[1]).toEqual(kinds[0]);
    expect(kinds[2]).toEqual(kinds[0]);
  });

  it("count those to lost passwords apart, known or not, and leave the last one's code alive", async () => {
    const [owner, pending, stranger] = [await activated(), await register(), newPerson()];
    const refusals = [];
    for (const { email } of [owner, pending, stranger]) {
      const answers = [];
      for (let times = 0; times < 4; times += 1) {
        answers.push(await call("resetPassword", { email }));
        // Two orders could overtake each other: the letter that counts would not be the last.
        if (email === owner.email && times < 3) await letterTo(email, 2 + times);
      }
      const sent = answers.filter(({ status }) => status === 204);
      expect(sent).toHaveLength(3);
      expectRefused(answers[3]!, "too_many_letters");
      refusals.push(comparable(answers[3]!));
    }
    expect(refusals[1]).toEqual(refusals[0]);
    expect(refusals[2]).toEqual(refusals[0]);
    const otp_code = await codeTo(owner.email, 4);
    const body = { email: owner.email, otp_code, new_password: newPassword() };
    expect((await call("confirmPasswordReset", body)).status).toBe(204);
  });

  it("leave the code of the last letter alive, and an account's own codes unlimited by strangers", async () => {
    const pending = await register();
    const ask = () => call("requestOtp", { email: pending.email, password: pending.password });
    await letterTo(pending.email);
    for (let times = 0; times < 2; times += 1) {
      expect((await ask()).status).toBe(200);
      await letterTo(pending.email, 2 + times);
    }
    const code = await codeTo(pending.email, 3);
    expectRefused(await ask(), "too_many_letters");
    expect((await call("activateUser", { email: pending.email, otp_code: code })).status).toBe(200);

    const owner = await activated();
    for (let times = 0; times < 5; times += 1) await call("createUser", newPerson({ email: owner.email }));
    await letterTo(owner.email, 3);
    expect(await loginCode(owner, 3)).toMatch(/^\d{3} \d{3}$/);
  });

  it("for lost passwords can't be used up by registering the address, or addresses like it, again and again", async () => {
    const owner = await activated();
    const reset = (email: string) => call("resetPassword", { email });
    for (let times = 0; times < 4; times += 1) await call("createUser", newPerson({ email: owner.email }));
    for (const tag of ["+a", "+b", "+c", "+d"]) await reset(owner.email.replace("@", `${tag}@`));
    // Each of these puts a code into the owner's mailbox, whoever asks.
    const statuses = [];
    for (let times = 0; times < 4; times += 1) statuses.push((await reset(owner.email)).status);
    expect(statuses).toEqual([204, 204, 204, 429]);
    expectRefused(await reset(owner.email.replace("@", "+e@")), "too_many_letters");
  });

  it("to new addresses stop per account, whichever they are, and per mailbox, whoever asks", async () => {
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
