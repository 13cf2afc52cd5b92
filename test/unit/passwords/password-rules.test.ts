import { dictionary } from "@zxcvbn-ts/language-common";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { passwordProblems } from "../../../shared/passwords/password-rules.ts";
import { pythonWithPackages, runPython } from "../../support/python/python.ts";

const traits = {
  username: "lovelace",
  email: "ada.lovelace@analytical.example",
  firstName: "Ada",
  lastName: "Lovelace",
};

const problemsOf = (password: string) => passwordProblems(password, traits);

describe("password rules", () => {
  beforeAll(() => {
    process.env["PRODUCT_NAME"] = "LIT Auth";
    process.env["PWNED_PASSWORDS_URL"] = "off";
  });

  it("accept long passwords unlike the person [ASVS 6.2.5]", async () => {
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

  it("report several problems in Django's words and order", async () => {
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
  ])("refuse %s as too similar [ASVS 6.2.11]", async (password, sentence) => {
    expect(await problemsOf(password)).toContain(sentence);
  });

  it("name the first similar trait only, and split every script's words [ASVS 6.2.11]", async () => {
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

  it("refuse common passwords in any case", async () => {
    for (const common of ["password1", "PassWord1", "iloveyou1", " password1 "])
      expect(await problemsOf(common)).toContain("This password is too common.");
  });

  it("refuse the 3,000 most common passwords that other rules allow [ASVS 6.2.4]", async () => {
    const common = dictionary["passwords-common"]
      .filter((one) => one.length >= 8 && !/^\d+$/.test(one))
      .slice(0, 3_000);
    expect(common).toHaveLength(3_000);
    const noTraits = { username: "", email: "", firstName: "", lastName: "" };
    for (const password of common)
      expect(await passwordProblems(password, noTraits), password).toContain("This password is too common.");
  });
});

const python = await pythonWithPackages();
const word = fc.stringMatching(/^[a-eA-E0-9éÉßж]{1,9}$/);
const anyTraits = fc.record({
  username: fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join("-")),
  email: fc.tuple(word, word).map(([local, domain]) => `${local}@${domain}.example`),
  firstName: fc.oneof(word, fc.constant("")),
  lastName: fc.oneof(word, fc.constant("")),
});
/** Passwords that are more or less similar to the person's traits. */
const cases = anyTraits.chain((traits) =>
  fc
    .tuple(fc.constantFrom(...Object.values(traits), "zyx"), fc.oneof(word, fc.constantFrom("", "77777777")))
    .map(([near, tail]) => ({ traits, password: near + tail })),
);

describe("password rules compared with Django's", () => {
  // With this product name and without the common passwords, our rules are only Django's.
  beforeAll(() => {
    process.env["PRODUCT_NAME"] = "\u2603".repeat(15);
    process.env["PWNED_PASSWORDS_URL"] = "off";
  });

  // Skipped only where the packages can't be installed, after a warning of `pythonWithPackages`.
  it.skipIf(python === undefined)("agree sentence by sentence", async () => {
    const tried = fc.sample(cases, 1_000);
    const theirs = JSON.parse(
      await runPython(python ?? "", "password_problems.py", [], JSON.stringify(tried)),
    ) as string[][];
    const both = await Promise.all(
      tried.map(async (one, index) => {
        const problems = await passwordProblems(one.password, one.traits);
        const ours = problems.filter((sentence) => sentence !== "This password is too common.");
        return { ...one, ours, theirs: theirs[index] };
      }),
    );
    expect(both.filter(({ ours, theirs }) => ours.join() !== theirs?.join())).toEqual([]);
    for (const sentence of ["username", "email address", "first name", "last name", "short", "numeric"])
      expect(
        theirs.flat().some((said) => said.includes(sentence)),
        sentence,
      ).toBe(true);
  });
});
