/** People in every stage of the flow. Each test makes its own, so that tests run in any order and on a dirty stage. */
import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { succeed } from "../calls/api.ts";
import { codeTo } from "../mail/mailbox.ts";

export type Person = { username: string; email: string; password: string };

export const mailDomain = (): string => inject("mailDomain") ?? "example.com";

/** Of other letters than usernames are made of, so that no password is like its owner's name by chance. */
export const newPassword = () =>
  `Granite-${[...randomBytes(12)].map((byte) => "ghijklmnopqrstuv"[byte % 16]).join("")}`;

export const newPerson = (changes: Partial<Person> = {}): Person => {
  const name = `t${randomBytes(6).toString("hex")}`;
  return {
    username: name,
    email: `${name}@${mailDomain()}`,
    password: newPassword(),
    ...changes,
  };
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

/** Asks for a login code and reads it; `letters` is how many letters the address has had before. */
export const loginCode = async ({ email, password }: Person, letters = 1): Promise<string> => {
  await succeed("requestOtp", { email, password });
  return codeTo(email, letters + 1);
};

/** Asks for the letter to a lost password and reads its code; `letters` is how many letters the address has had before. */
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
