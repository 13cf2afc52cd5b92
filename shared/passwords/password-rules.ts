// Rules and sentences are Django's. The product name and breached passwords are additions.
import { FieldErrors } from "../contract/errors.ts";
import { longestChosenPassword, shortestChosenPassword } from "../contract/schemas.ts";
import { variable } from "../platform/environment.ts";
import { lazy } from "../platform/lazy.ts";
import { isBreached } from "./breached-passwords.ts";

const minimum = shortestChosenPassword;
const maximum = longestChosenPassword;
const tooSimilar = 0.7;

type Traits = { username: string; email: string; firstName?: string; lastName?: string };

/** In Django's order, because only the first similar trait is reported. */
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

/** Computes `quick_ratio` of Python's difflib, which Django uses. */
const similarity = (one: string, other: string): number => {
  const counts = countCharacters(other);
  let shared = 0;
  for (const [character, count] of countCharacters(one))
    shared += Math.min(count, counts.get(character) ?? 0);
  return (2 * shared) / ([...one].length + [...other].length);
};

// Python's \W: unlike JavaScript's, it takes the letters of all scripts as parts of words.
const betweenWords = /[^\p{L}\p{N}_]+/u;

const resembles = (password: string, trait: string): boolean => {
  const whole = trait.toLowerCase();
  return [whole, ...whole.split(betweenWords)].some(
    (part) => part !== "" && similarity(password, part) >= tooSimilar,
  );
};

// Loaded lazily: the list is half as long as all other code, and few cold starts need it.
const commonPasswords = lazy(async () => {
  const { dictionary } = await import("@zxcvbn-ts/language-common");
  return new Set(dictionary["passwords-common"]);
});

const tooCommon = "This password is too common.";

/** Returns a sentence for each broken rule. Lengths count characters, not bytes. */
export const passwordProblems = async (password: string, traits: Traits): Promise<string[]> => {
  const normalised = password.normalize("NFKC");
  const typed = normalised.toLowerCase();
  const length = [...typed].length;
  // The other rules aren't checked, because they take long on a long text.
  if (length > maximum) return [`Ensure this field has no more than ${maximum} characters.`];
  const about = { firstName: "", lastName: "", ...traits, productName: variable("PRODUCT_NAME") };
  const problems = traitNames
    .filter(([trait]) => resembles(typed, about[trait]))
    .map(([, name]) => `The password is too similar to the ${name}.`)
    .slice(0, 1);
  if (length < minimum)
    problems.push(`This password is too short. It must contain at least ${minimum} characters.`);
  if ((await commonPasswords()).has(typed.trim())) problems.push(tooCommon);
  if (/^\p{Nd}+$/u.test(typed)) problems.push("This password is entirely numeric.");
  // Last, so that nothing of an already refused password is sent to the service.
  if (problems.length === 0 && (await isBreached(normalised))) problems.push(tooCommon);
  return problems;
};

export const requireGoodPassword = async (
  field: "password" | "new_password",
  password: string,
  { username = "", email = "", firstName = "", lastName = "" }: Partial<Traits>,
): Promise<void> => {
  const problems = await passwordProblems(password, { username, email, firstName, lastName });
  if (problems.length > 0) throw new FieldErrors({ [field]: problems });
};
