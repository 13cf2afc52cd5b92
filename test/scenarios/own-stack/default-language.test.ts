import { afterAll, beforeAll, expect, it } from "vitest";
import { codeIn, letterTo } from "../../support/mail/letters.ts";
import { register } from "../../support/people/people.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ settings: { DEFAULT_LOCALE: "fr" } });
});
afterAll(() => stack.remove());

it("letters to people without a language are in that of the site", async () => {
  const { email } = await register();
  const letter = await letterTo(email);
  expect(letter.Subject).toBe("LIT Auth\u00a0: votre code d’activation");
  expect(letter.Body.html_part).toContain('<html lang="fr" dir="ltr">');
  expect(codeIn(letter)).toMatch(/^\d{3} \d{3}$/);
});
