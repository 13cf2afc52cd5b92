/** What a new password must not be. Sentences and their order are Django's; the product's name and breaches are ours. */
import { FieldErrors } from "../contract/errors.ts";
import { variable } from "../platform/environment.ts";
import { lazy } from "../platform/lazy.ts";
import { isBreached } from "./breached-passwords.ts";

const minimum = 8;
const maximum = 128;
const tooSimilar = 0.7;

/** What the person goes by; a password close to any of it is refused. */
export type Traits = { username: string; email: string; firstName: string; lastName: string };

/** In Django's order: it names the first that is too close. */
const traitNames = [
  ["username", "username"],
  ["firstName", "first name"],
  ["lastName", "last name"],
  ["email", "email address"],
  ["productName", "product name"],
] as const satisfies [keyof Traits | "productName", string][];

const countCharacters = (text: string): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return counts;
};

/** Shared characters relative to both lengths: the quick ratio of Python's difflib, which Django compares with. */
const similarity = (one: string, other: string): number => {
  const counts = countCharacters(other);
  let shared = 0;
  for (const [character, count] of countCharacters(one))
    shared += Math.min(count, counts.get(character) ?? 0);
  return (2 * shared) / ([...one].length + [...other].length);
};

// Python's \W, which leaves letters of every script in their words.
const betweenWords = /[^\p{L}\p{N}_]+/u;

const resembles = (password: string, trait: string): boolean => {
  const whole = trait.toLowerCase();
  return [whole, ...whole.split(betweenWords)].some(
    (part) => part !== "" && similarity(password, part) >= tooSimilar,
  );
};

// The list is half as long as all other code: only a function that is asked about a password reads it.
const commonPasswords = lazy(async () => {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"]);
});

const tooCommon = "This password is too common.";

/** Every rule that the password breaks; empty if it will do. Lengths are in characters, not bytes. */
export const passwordProblems = async (password: string, traits: Traits): Promise<string[]> => {
  const normalised = password.normalize("NFKC");
  const typed = normalised.toLowerCase();
  const length = [...typed].length;
  // Nothing else is worth the time that a long text would take.
  if (length > maximum) return [`Ensure this field has no more than ${maximum} characters.`];
  const about = { ...traits, productName: variable("PRODUCT_NAME") };
  const problems = traitNames
    .filter(([trait]) => resembles(typed, about[trait]))
    .map(([, name]) => `The password is too similar to the ${name}.`)
    .slice(0, 1);
  if (length < minimum)
    problems.push(`This password is too short. It must contain at least ${minimum} characters.`);
  if ((await commonPasswords()).has(typed.trim())) problems.push(tooCommon);
  if (/^\p{Nd}+$/u.test(typed)) problems.push("This password is entirely numeric.");
  // Asked last and alone: whatever is refused anyway, nobody else need hear of.
  if (problems.length === 0 && (await isBreached(normalised))) problems.push(tooCommon);
  return problems;
};

/**
 * Passes, or throws every rule that a new password breaks, under the field's name. What is not
 * known of the person is not compared.
 */
export const requireGoodPassword = async (
  field: "password" | "new_password",
  password: string,
  { username = "", email = "", firstName = "", lastName = "" }: Partial<Traits>,
): Promise<void> => {
  const problems = await passwordProblems(password, { username, email, firstName, lastName });
  if (problems.length > 0) throw new FieldErrors({ [field]: problems });
};
