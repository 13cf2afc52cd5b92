// People at every step of the flow. Each test makes its own, so that tests can run in any order and
// against a stage with data.
import { inject } from "vitest";
import { succeed } from "../calls/api.ts";
import { codeTo } from "../mail/letters.ts";
import { newPassword, newUsername } from "./credentials.ts";

export type Person = { username: string; email: string; password: string };

export const mailDomain = (): string => inject("mailDomain") ?? "example.com";

export const newPerson = (changes: Partial<Person> = {}): Person => {
  const name = newUsername();
  return {
    username: name,
    email: `${name}@${mailDomain()}`,
    password: newPassword(),
    ...changes,
  };
};

/** At a domain of their own, because many bounces at one change what a bounce there does. */
export const personElsewhere = (): Person => {
  const { username } = newPerson();
  return newPerson({ username, email: `ada@${username}.example` });
};

export const register = async (person: Person = newPerson()) => ({
  ...person,
  ...(await succeed("createUser", person)),
  password: person.password,
});

export const activated = async (person: Person = newPerson()) => {
  const registered = await register(person);
  await succeed("activateUser", { email: person.email, otp_code: await codeTo(person.email) });
  return registered;
};

/** Asks for a login code. `letters` is how many letters the address has had before. */
export const loginCode = async ({ email, password }: Person, letters = 1): Promise<string> => {
  await succeed("requestOtp", { email, password });
  return codeTo(email, letters + 1);
};

/** Asks for a password reset code; `letters` as for `loginCode`. */
export const resetCode = async ({ email }: Pick<Person, "email">, letters = 1): Promise<string> => {
  await succeed("resetPassword", { email });
  return codeTo(email, letters + 1);
};

export const signIn = async (person: Person, letters = 1) =>
  succeed("createToken", { email: person.email, otp_code: await loginCode(person, letters) });

export const signedIn = async (person: Person = newPerson()) => {
  const user = await activated(person);
  return { ...user, ...(await signIn(user)) };
};
