import { dictionary } from "@zxcvbn-ts/language-common";
import { beforeAll, describe, expect, it } from "vitest";
import { passwordProblems } from "../../../shared/passwords/password-rules.ts";
import { hashPassword, verifyPassword } from "../../../shared/passwords/password-hash.ts";
import { smallestCpuTimes } from "../../support/assert/cpu-time.ts";

const traits = {
  username: "lovelace",
  email: "ada.lovelace@analytical.example",
  firstName: "Ada",
  lastName: "Lovelace",
};
beforeAll(() => {
  process.env["PRODUCT_NAME"] = "LIT Auth";
  process.env["PWNED_PASSWORDS_URL"] = "off";
});

const problemsOf = (password: string) => passwordProblems(password, traits);

describe("rules for a new password", () => {
  it("pass what is long and unlike the person [ASVS 6.2.5]", async () => {
    for (const good of [
      "correct horse battery staple",
      "пароль-из-многих-слов",
      "🦊🦊🐢🐢🦉🦉🐝🐝",
      "8 Zeich.",
    ])
      expect(await problemsOf(good), good).toEqual([]);
  });

  it("count characters, not bytes or code units [ASVS 6.2.1, 6.2.9]", async () => {
    expect(await problemsOf("🦊🐢🦉🐝")).toContain(
      "This password is too short. It must contain at least 8 characters.",
    );
    expect(await problemsOf("é".repeat(128))).toEqual([]);
    expect(await problemsOf("🦊🐢".repeat(64))).toEqual([]);
    expect(await problemsOf("🦊🐢".repeat(65))).toEqual([
      "Ensure this field has no more than 128 characters.",
    ]);
  });

  it("say several things at once, in Django's words and order", async () => {
    expect(await problemsOf("12345")).toEqual([
      "This password is too short. It must contain at least 8 characters.",
      "This password is too common.",
      "This password is entirely numeric.",
    ]);
  });

  it.each([
    ["lovelace99", "The password is too similar to the username."],
    ["analytical1", "The password is too similar to the email address."],
    ["adalovelace", "The password is too similar to the username."],
    ["ada.analytical.example", "The password is too similar to the email address."],
    ["LIT-Auth1", "The password is too similar to the product name."],
  ])("find %s too close [ASVS 6.2.11]", async (password, sentence) => {
    expect(await problemsOf(password)).toContain(sentence);
  });

  it("name the first trait only, as Django does, and split names in every script [ASVS 6.2.11]", async () => {
    const person = {
      username: "zoë-ångström",
      email: "z@example.org",
      firstName: "Zoë",
      lastName: "Ångström",
    };
    expect(await passwordProblems("ÅNGSTRÖM1", person)).toEqual([
      "The password is too similar to the username.",
    ]);
    expect(await passwordProblems("ÅNGSTRÖM1", { ...person, username: "pilot" })).toEqual([
      "The password is too similar to the last name.",
    ]);
  });

  it("know at least 20,000 common passwords", () => {
    const common = new Set(dictionary["passwords-common"]);
    expect(common.size).toBeGreaterThan(20_000);
    expect([...common].filter((password) => password !== password.toLowerCase())).toEqual([]);
  });

  it("know common passwords in any case", async () => {
    for (const common of ["password1", "PassWord1", "iloveyou1", " password1 "])
      expect(await problemsOf(common)).toContain("This password is too common.");
  });
});

describe("hashes", () => {
  it("are argon2id with OWASP's parameters and a salt of their own", async () => {
    const [one, other] = [await hashPassword("secret words"), await hashPassword("secret words")];
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await verifyPassword("secret words", one)).toBe(true);
    expect(await verifyPassword("secret words ", one)).toBe(false);
  });

  it("match nothing for nobody, and cost as much as a real one", async () => {
    const real = await hashPassword("secret words");
    const checks = [undefined, real].map((hash) => async () => {
      expect(await verifyPassword("wrong", hash)).toBe(false);
    });
    const [nobody = 0, somebody = 0] = await smallestCpuTimes(checks);
    expect(nobody / somebody).toBeGreaterThan(0.5);
    expect(nobody / somebody).toBeLessThan(2);
  });
});
