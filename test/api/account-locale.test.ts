import { describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { expectFieldErrors, expectRefused } from "../support/assert/refusals.ts";
import { wrongCode } from "../support/mail/wrong-code.ts";
import { codeTo } from "../support/mail/letters.ts";
import { newPerson, resetCode, signedIn, signIn } from "../support/people/people.ts";

const speaking = (acceptLanguage: string) => ({ headers: { "accept-language": acceptLanguage } });

/** Registers a new person and activates the account, with what each of the two bodies adds. */
const activatedWith = async (registered: object, brought: object = {}, acceptLanguage = "*") => {
  const person = newPerson();
  await succeed("createUser", { ...person, ...registered }, speaking(acceptLanguage));
  const otp_code = await codeTo(person.email);
  const user = await succeed("activateUser", { email: person.email, otp_code, ...brought });
  return { person, user };
};

describe("language of a registration", () => {
  it("is the one that the body names, with or without a region", async () => {
    for (const locale of ["de", "DE", "de-AT", "DE_de"]) {
      const body = { ...newPerson(), locale };
      expect(await succeed("createUser", body, speaking("fr"))).toMatchObject({ locale: "de" });
    }
  });

  it("is first guessed from Accept-Language", async () => {
    for (const [header, locale] of [
      ["pt-BR,pt;q=0.9,es-MX;q=0.8,en;q=0.7", "es"],
      ["en;q=0.5, ar-EG", "ar"],
    ] as const)
      expect(await succeed("createUser", newPerson(), speaking(header))).toMatchObject({ locale });
  });

  it("is missing if the header names none of ours", async () => {
    for (const header of ["*", "xx", "de;q=0", ";;,=", "x,".repeat(2_000)])
      expect(await succeed("createUser", newPerson(), speaking(header))).not.toHaveProperty("locale");
  });
});

describe("language of an account", () => {
  it("is the registered one, also after sign-in", async () => {
    const { person, user } = await activatedWith({ locale: "fr" });
    expect(user.locale).toBe("fr");
    const { access: token } = await signIn(person);
    expect(await succeed("getMe", undefined, { token })).toMatchObject({ locale: "fr" });
    expect(await succeed("exportMe", undefined, { token })).toMatchObject({ user: { locale: "fr" } });
  });

  it("is the one that activation brings", async () => {
    expect((await activatedWith({ locale: "fr" }, { locale: "de-CH" })).user.locale).toBe("de");
    expect((await activatedWith({}, { locale: "ar" }, "en")).user.locale).toBe("ar");
  });

  it("isn't guessed at activation", async () => {
    const person = newPerson();
    await succeed("createUser", person);
    const body = { email: person.email, otp_code: await codeTo(person.email) };
    expect(await succeed("activateUser", body, speaking("de"))).not.toHaveProperty("locale");
  });

  it("is none after an activation by a reset code", async () => {
    const person = newPerson();
    await succeed("createUser", { ...person, locale: "de" });
    await codeTo(person.email);
    const { email, password: new_password } = person;
    await succeed("confirmPasswordReset", { email, otp_code: await resetCode(person), new_password });
    const { access: token } = await signIn(person, 3);
    expect(await succeed("getMe", undefined, { token })).not.toHaveProperty("locale");
    expect(await succeed("exportMe", undefined, { token })).toMatchObject({ user: { locale: null } });
  });

  it("is set, kept and removed by its owner", async () => {
    const { access: token, username } = await signedIn();
    const me = () => succeed("getMe", undefined, { token });
    const change = (body: object) => succeed("updateMe", body, { token });
    expect(await change({ locale: "es-419" })).toMatchObject({ locale: "es", username });
    expect(await change({ first_name: "Ada" })).toMatchObject({ locale: "es", first_name: "Ada" });
    expect(await change({ locale: "ar" })).toMatchObject({ locale: "ar" });
    expect(await me()).toMatchObject({ locale: "ar", first_name: "Ada", username });
    expect(await change({ locale: null })).not.toHaveProperty("locale");
    expect(await me()).not.toHaveProperty("locale");
    expect(await change({ locale: null })).toMatchObject({ username });
  });
});

describe("invalid language", () => {
  const refusals: [unknown, string][] = [
    ["xx", '"xx" is not a valid choice.'],
    ["german", '"german" is not a valid choice.'],
    ["", '"" is not a valid choice.'],
    ["de ", '"de " is not a valid choice.'],
    ["<b>", '"<b>" is not a valid choice.'],
    [5, "Not a valid string."],
    [["de"], "Not a valid string."],
    [{ toString: 1 }, "Not a valid string."],
    ["d\0e", "Null characters are not allowed."],
  ];

  it("is refused by field at registration and by the owner", async () => {
    const { access: token } = await signedIn();
    for (const [locale, sentence] of refusals) {
      expectFieldErrors(await call("createUser", { ...newPerson(), locale }), { locale: [sentence] });
      expectFieldErrors(await call("updateMe", { locale }, { token }), { locale: [sentence] });
    }
    const missing = await call("createUser", { ...newPerson(), locale: null });
    expectFieldErrors(missing, { locale: ["This field may not be null."] });
  });

  it("is refused at activation, leaving the code valid", async () => {
    const person = newPerson();
    await succeed("createUser", person);
    const otp_code = await codeTo(person.email);
    const activate = (body: object) => call("activateUser", { email: person.email, otp_code, ...body });
    for (const [locale, sentence] of refusals)
      expectFieldErrors(await activate({ locale }), { locale: [sentence] });
    expectRefused(await activate({ otp_code: wrongCode(otp_code), locale: "de" }), "activation_refused");
    expect((await activate({ locale: "de" })).body).toMatchObject({ locale: "de" });
  });
});
