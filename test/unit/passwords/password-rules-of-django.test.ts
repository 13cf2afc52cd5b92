import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { passwordProblems } from "../../../shared/passwords/password-rules.ts";
import { pythonWithPackages, runPython } from "../../support/python/python.ts";

const python = await pythonWithPackages();

// Neither a common password nor the product's name can come of these: they are not Django's, or another list.
const productName = "\u2603".repeat(15);
beforeAll(() => {
  process.env["PRODUCT_NAME"] = productName;
  process.env["PWNED_PASSWORDS_URL"] = "off";
});

const word = fc.stringMatching(/^[a-eA-E0-9éÉßж]{1,9}$/);
const traits = fc.record({
  username: fc.array(word, { minLength: 1, maxLength: 2 }).map((words) => words.join("-")),
  email: fc.tuple(word, word).map(([local, domain]) => `${local}@${domain}.example`),
  firstName: fc.oneof(word, fc.constant("")),
  lastName: fc.oneof(word, fc.constant("")),
});
/** Close to the person, or not: that is what the rules are about. */
const cases = traits.chain((traits) =>
  fc
    .tuple(fc.constantFrom(...Object.values(traits), "zyx"), fc.oneof(word, fc.constantFrom("", "77777777")))
    .map(([near, tail]) => ({ traits, password: near + tail })),
);

describe("our rules", () => {
  // Skipped only where Python's packages can't be had; `pythonWithPackages` has said so in a line.
  it.skipIf(python === undefined)("say what Django says, sentence by sentence", async () => {
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
