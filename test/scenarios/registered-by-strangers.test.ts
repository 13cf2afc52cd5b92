// A stranger registers the address of another person, before, between or after the owner's own
// registration. The account that the owner activates must carry nothing of the stranger.
import { beforeAll, describe, expect, it } from "vitest";
import { blankAttributes } from "../support/people/blank-attributes.ts";
import { call, succeed } from "../support/calls/api.ts";
import { wrongCode } from "../support/mail/wrong-code.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { codeTo, letterTo } from "../support/mail/letters.ts";
import { newPassword } from "../support/people/credentials.ts";
import { activated, newPerson, register, resetCode, signIn, type Person } from "../support/people/people.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";

beforeAll(async () => {
  await sharedStack();
});

const strangerAt = (email: string) => ({
  ...newPerson({ email }),
  first_name: "Mallory",
  last_name: "Stranger",
});

const orders: ("owner" | "stranger")[][] = [
  ["stranger", "owner"],
  ["owner", "stranger"],
  ["stranger", "owner", "stranger"],
  ["owner", "stranger", "owner"],
  ["stranger", "stranger", "owner"],
];

const registerInOrder = async (order: ("owner" | "stranger")[]) => {
  const owner = { ...newPerson(), first_name: "Ada", last_name: "Lovelace" };
  const ids: string[] = [];
  const strangers: Person[] = [];
  for (const [index, who] of order.entries()) {
    const person = who === "owner" ? owner : strangerAt(owner.email);
    if (who === "stranger") strangers.push(person);
    ids.push((await succeed("createUser", person)).id);
    await letterTo(owner.email, index + 1);
  }
  return { owner, strangers, ids, letters: order.length };
};

describe("address that strangers register too", () => {
  it.each(orders)("becomes the owner's account with what the owner sends: %s %s %s", async (...order) => {
    const { owner, strangers, letters } = await registerInOrder(order.filter(Boolean));
    const { password: _, ...shown } = owner;
    const otp_code = await codeTo(owner.email, letters);
    const user = await succeed("activateUser", { ...owner, otp_code });
    expect(user).toMatchObject(shown);
    const { access } = await signIn(owner, letters);
    expect(await succeed("getMe", undefined, { token: access })).toMatchObject(shown);
    for (const stranger of strangers) expectRefused(await call("requestOtp", stranger), "no_active_account");
  });

  it.each(orders.slice(0, 2))("becomes a bare account without a password: %s %s %s", async (...order) => {
    const { owner, strangers, ids, letters } = await registerInOrder(order.filter(Boolean));
    const letter = await letterTo(owner.email, letters);
    expect(letter.Body.text_part).toContain("This address was registered more than once");
    const otp_code = await codeTo(owner.email, letters);
    const user = await succeed("activateUser", { email: owner.email, otp_code });
    expect(user).toEqual({
      id: expect.any(String),
      email: owner.email,
      username: expect.stringMatching(/^user_[0-9a-f]{12}$/),
      ...blankAttributes,
    });
    expect(ids).not.toContain(user.id);
    for (const person of [owner, ...strangers])
      expectRefused(await call("requestOtp", person), "no_active_account");
    await succeed("resetPassword", { email: owner.email });
    const reset = { email: owner.email, otp_code: await codeTo(owner.email, letters + 1) };
    await succeed("confirmPasswordReset", { ...reset, new_password: owner.password });
    expect(await signIn(owner, letters + 2)).toHaveProperty("access");
  });

  it("keeps only the address when a reset activates it", async () => {
    const { owner, ids } = await registerInOrder(["owner", "stranger"]);
    await succeed("resetPassword", { email: owner.email });
    const reset = { email: owner.email, otp_code: await codeTo(owner.email, 3) };
    await succeed("confirmPasswordReset", { ...reset, new_password: owner.password });
    const { access } = await signIn(owner, 4);
    const user = await succeed("getMe", undefined, { token: access });
    expect(user).toMatchObject({ first_name: "", username: expect.stringMatching(/^user_[0-9a-f]{12}$/) });
    expect(ids).not.toContain(user.id);
  });
});

describe("reset code of a registration", () => {
  it("stays valid when a stranger registers the address again", async () => {
    const owner = await register();
    const { email, password } = owner;
    // The two letters leave from different queues, in any order.
    await codeTo(email);
    await succeed("resetPassword", { email });
    const otp_code = await codeTo(email, 2);
    await succeed("createUser", strangerAt(email));
    await letterTo(email, 3);
    await succeed("confirmPasswordReset", { email, otp_code, new_password: password });
    const { access } = await signIn(owner, 4);
    expect(await succeed("getMe", undefined, { token: access })).toMatchObject({ email, first_name: "" });
  });

  it.each(["once", "twice"])(
    "stays valid after the activation of an address registered %s",
    async (times) => {
      const owner = await register();
      const { email } = owner;
      await codeTo(email);
      if (times === "twice") await succeed("createUser", strangerAt(email));
      const letters = times === "twice" ? 2 : 1;
      const activation = await codeTo(email, letters);
      const otp_code = await resetCode(owner, letters);
      await succeed("activateUser", { email, otp_code: activation });
      await succeed("confirmPasswordReset", { email, otp_code, new_password: owner.password });
      expect(await signIn(owner, letters + 2)).toHaveProperty("access");
      const again = { email, otp_code, new_password: newPassword() };
      expectRefused(await call("confirmPasswordReset", again), "code_refused");
    },
  );
});

describe("registration that repeats the waiting one", () => {
  it("counts as the same, so that its data stays", async () => {
    const person = newPerson();
    for (let times = 1; times <= 3; times += 1) {
      await succeed("createUser", person);
      await letterTo(person.email, times);
    }
    expect((await letterTo(person.email, 3)).Body.text_part).not.toContain("more than once");
    const user = await succeed("activateUser", {
      email: person.email,
      otp_code: await codeTo(person.email, 3),
    });
    expect(user.username).toBe(person.username);
    expect(await signIn(person, 3)).toHaveProperty("access");
  });

  it.each(["password", "username", "first_name", "last_name", "email"] as const)(
    "is another one if its %s differs",
    async (field) => {
      const person = { ...newPerson(), first_name: "Ada", last_name: "Lovelace" };
      const other = { ...person, password: newPassword(), username: newPerson().username };
      const differing = {
        ...person,
        [field]: { ...other, first_name: "Bo", last_name: "Yi", email: person.email.toUpperCase() }[field],
      };
      await succeed("createUser", person);
      await letterTo(person.email);
      await succeed("createUser", differing);
      expect((await letterTo(person.email, 2)).Body.text_part).toContain("more than once");
    },
  );
});

describe("language that a stranger registers", () => {
  const language = async (person: Person, letters: number) => {
    const { access: token } = await signIn(person, letters);
    return (await succeed("exportMe", undefined, { token })).user.locale;
  };

  it("never changes an existing account", async () => {
    const [none, german] = [await activated(), await activated({ ...newPerson(), locale: "de" } as Person)];
    for (const [owner, expected] of [
      [none, null],
      [german, "de"],
    ] as const) {
      const body = { ...strangerAt(owner.email), locale: "ar" };
      await succeed("createUser", body, { headers: { "accept-language": "fr" } });
      await letterTo(owner.email, 2);
      const refused = await call("activateUser", { ...owner, otp_code: "135 790", locale: "ar" });
      expectRefused(refused, "activation_refused");
      expect(await language(owner, 2)).toBe(expected);
    }
  });

  it.each([
    ["before the owner", ["stranger", "owner"]],
    ["after the owner", ["owner", "stranger"]],
  ])("is on no account, registered %s", async (_, order) => {
    for (const [theirs, acceptLanguage] of [
      [{ locale: "ar" }, "fr"],
      [{}, "ar-EG"],
    ] as const)
      for (const locale of ["de", undefined]) {
        const owner = newPerson();
        for (const [index, who] of order.entries()) {
          const body =
            who === "owner" ? { ...owner, locale: "es" } : { ...strangerAt(owner.email), ...theirs };
          await succeed("createUser", body, { headers: { "accept-language": acceptLanguage } });
          await letterTo(owner.email, index + 1);
        }
        const { email, password } = owner;
        const otp_code = await codeTo(email, 2);
        const user = await succeed("activateUser", { email, otp_code, password, locale });
        expect(user.locale).toBe(locale);
        expect(await language(owner, 2)).toBe(locale ?? null);
      }
  });

  it("differs without making the owner's repetition another registration", async () => {
    const person = newPerson();
    await succeed("createUser", { ...person, locale: "de" });
    await letterTo(person.email);
    await succeed("createUser", person, { headers: { "accept-language": "fr" } });
    const otp_code = await codeTo(person.email, 2);
    const user = await succeed("activateUser", { email: person.email, otp_code });
    expect(user).toMatchObject({ username: person.username, locale: "fr" });
  });
});

describe("activation with a password and names", () => {
  it("stores them instead of the registered ones", async () => {
    const person = await register();
    const own = {
      password: newPassword(),
      username: newPerson().username,
      first_name: "Grace",
      last_name: "H",
    };
    const otp_code = await codeTo(person.email);
    const { password, ...names } = own;
    expect(await succeed("activateUser", { email: person.email, otp_code, ...own })).toMatchObject({
      ...names,
      id: person.id,
    });
    expectRefused(await call("requestOtp", person), "no_active_account");
    expect(await signIn({ ...person, password }, 1)).toHaveProperty("access");
  });

  it("refuses a bad password or taken username, leaving the code valid [ASVS 6.2.11]", async () => {
    const [person, other] = [await register(), await activated()];
    const otp_code = await codeTo(person.email);
    const activate = (more: object) => call("activateUser", { email: person.email, otp_code, ...more });
    // More often than wrong codes are allowed: a right code doesn't count as a guess.
    for (let times = 0; times < 4; times += 1) {
      expectFieldErrors(await activate({ password: "12345678901234" }), {
        password: ["This password is entirely numeric."],
      });
      expectFieldErrors(await activate({ username: other.username.toUpperCase() }), {
        username: ["A user with that username already exists."],
      });
    }
    const similar = await activate({ password: `${person.username}1` });
    expect(JSON.stringify(similar.body)).toContain("too similar to the username");
    expect((await activate({ password: newPassword() })).status).toBe(200);
  });

  it("tells nothing about password and names before the code is right", async () => {
    const [person, other] = [await register(), await activated()];
    const otp_code = wrongCode(await codeTo(person.email));
    for (const more of [
      { password: "12345678901234" },
      { username: other.username },
      { password: person.username },
    ])
      for (const email of [person.email, newPerson().email])
        expectRefused(await call("activateUser", { email, otp_code, ...more }), "activation_refused");
  });
});
