import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { comparable } from "../support/assert/comparable.ts";
import { expectFieldErrors } from "../support/assert/refusals.ts";
import { codeTo, letterTo, lettersTo } from "../support/mail/letters.ts";
import { activated, newPerson, register } from "../support/people/people.ts";

const required = ["This field is required."];

describe("POST user/", () => {
  it("answers 201 with the registration and sends an activation code", async () => {
    const person = { ...newPerson(), first_name: "Ada", last_name: "Lovelace" };
    const user = await succeed("createUser", person);
    const { password: _, ...shown } = person;
    expect(user).toEqual({ ...shown, id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(await codeTo(person.email)).toMatch(/^\d{3} \d{3}$/);
  });

  it("sends a letter without links or values that the caller supplied", async () => {
    const person = { ...newPerson(), first_name: "Zebulon", last_name: "<b>Quirk</b>" };
    await succeed("createUser", person);
    const { Body, Subject, Source } = await letterTo(person.email);
    const code = await codeTo(person.email);
    for (const part of [Body.text_part, Body.html_part]) {
      expect(part).toContain(code);
      expect(part).toMatch(/Sent on \d+ \w+ \d{4} at \d\d:\d\d UTC\. The code is valid for \d+ minutes?/);
      expect(part).not.toMatch(/https?:|www\.|href/i);
      for (const supplied of [person.username, "Zebulon", "Quirk", person.email])
        expect(part).not.toContain(supplied);
    }
    expect(Subject).not.toContain(code);
    expect(Source).toContain("@");
  });

  it("sends no code that can sign in before activation [ASVS 6.3.4]", async () => {
    const person = await register();
    const code = await codeTo(person.email);
    const answer = await call("createToken", { email: person.email, otp_code: code });
    expect(answer.status).toBe(401);
  });

  it("names every missing field", async () => {
    expectFieldErrors(await call("createUser", {}), {
      username: required,
      email: required,
      password: required,
    });
  });

  it("refuses a taken username in upper or lower case", async () => {
    const owner = await activated();
    const answer = await call("createUser", { ...newPerson(), username: owner.username.toUpperCase() });
    expectFieldErrors(answer, { username: ["A user with that username already exists."] });
  });

  it("refuses the username of a pending registration", async () => {
    const first = await register();
    const answer = await call("createUser", newPerson({ username: first.username }));
    expectFieldErrors(answer, { username: ["A user with that username already exists."] });
  });

  it.each([
    ["12345678901234", "This password is entirely numeric."],
    ["password1", "This password is too common."],
    ["Sh0rt!x", "This password is too short. It must contain at least 8 characters."],
    ["long ".repeat(26), "Ensure this field has no more than 128 characters."],
  ])("refuses the password %j with Django's sentence [ASVS 6.2.1, 6.2.4]", async (password, sentence) => {
    const answer = await call("createUser", newPerson({ password }));
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ password: expect.arrayContaining([sentence]) });
  });

  it("refuses a password similar to the username or the address [ASVS 6.2.11]", async () => {
    const person = newPerson();
    for (const password of [`${person.username}1`, person.email]) {
      const answer = await call("createUser", { ...person, password });
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body)).toContain("The password is too similar to the");
    }
  });

  it("ignores fields that callers may not set [ASVS 8.2.3, 15.3.3]", async () => {
    const person = newPerson();
    const answer = await call("createUser", {
      ...person,
      id: "1",
      is_staff: true,
      is_active: true,
      status: "active",
    });
    expect(answer.status).toBe(201);
    expect(answer.body).not.toHaveProperty("is_staff");
    expect((answer.body as { id: string }).id).not.toBe("1");
    await letterTo(person.email);
    expect((await call("requestOtp", { email: person.email, password: person.password })).status).toBe(200);
    expect((await letterTo(person.email, 2)).Subject).toContain("activation");
  });

  it("stores the address as typed and matches it in any case", async () => {
    const person = newPerson();
    const typed = person.email.replace(/@.*/, (at) => `.Mixed${at.toUpperCase()}`);
    const user = await succeed("createUser", { ...person, email: typed });
    expect(user.email).toBe(typed);
    const code = await codeTo(typed);
    await succeed("activateUser", { email: typed.toLowerCase(), otp_code: code });
  });

  it("answers alike for free, pending and taken addresses, notifying the owner", async () => {
    const owner = await activated();
    const pending = await register();
    const again = (email: string) => call("createUser", newPerson({ email }));
    const [forTaken, forPending, forFree] = [
      await again(owner.email),
      await again(pending.email),
      await call("createUser", newPerson()),
    ];
    const shape = (answer: typeof forTaken) => {
      const { body, ...rest } = comparable(answer);
      return { ...rest, members: Object.keys(answer.body as object), length: body?.length };
    };
    expect(shape(forTaken)).toEqual(shape(forPending));
    expect(shape(forTaken)).toEqual(shape(forFree));
    const notice = await letterTo(owner.email, 2);
    expect(notice.Subject).toContain("already have an account");
    expect(notice.Body.text_part).not.toMatch(/\d{3} \d{3}/);
  });

  it("makes the code of an older registration of the address invalid", async () => {
    const first = await register();
    const oldCode = await codeTo(first.email);
    await register(newPerson({ email: first.email }));
    const newCode = await codeTo(first.email, 2);
    const refused = await call("activateUser", { email: first.email, otp_code: oldCode });
    if (oldCode !== newCode) expect(refused.status).toBe(400);
    await succeed("activateUser", { email: first.email, otp_code: newCode });
  });

  it.each([
    "Ada\nLovelace",
    "Ada\u202Ecom.example",
    "A\u0007da",
    "Ada\u2028",
    "\u2066Ada\u2069",
    "A\u009bda",
  ])("refuses the name %j", async (name) => {
    const sentence =
      "This field may not contain line breaks, control characters or text direction overrides.";
    const answer = await call("createUser", {
      ...newPerson(),
      first_name: `${name}x`,
      last_name: `x${name}x`,
    });
    expectFieldErrors(answer, { first_name: [sentence], last_name: [sentence] });
  });

  it("refuses usernames with invisible letters", async () => {
    for (const letter of "\u034F\uFE0F\u3164\u115F\u17B4\u{E0100}")
      for (const username of [letter, `ad${letter}a`])
        expect((await call("createUser", newPerson({ username }))).status).toBe(400);
  });

  it("takes sharp s and final sigma as the same username", async () => {
    const { username } = newPerson();
    for (const [one, other] of [
      [`${username}straße`, `${username}STRASSE`],
      [`${username}οδος`, `${username}οδοσ`],
    ] as const) {
      await register(newPerson({ username: one }));
      const answer = await call("createUser", newPerson({ username: other }));
      expectFieldErrors(answer, { username: ["A user with that username already exists."] });
    }
  });

  it("registers a username once when requested in parallel", async () => {
    const { username } = newPerson();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => call("createUser", newPerson({ username }))),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(7);
  });

  it("sends exactly one letter per registration", async () => {
    const person = await register();
    await letterTo(person.email);
    await activated();
    expect(await lettersTo(person.email)).toHaveLength(1);
  });
});
