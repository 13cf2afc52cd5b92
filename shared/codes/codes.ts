/**
 * One-time codes. The code itself lives in the mailer's memory and in the letter, nowhere else. For what a wrong guess may not
 * cost its owner (lost passwords, addresses) codes are so long that guesses need no limit, and nobody can use one up.
 */
import { createHmac, randomBytes, randomInt } from "node:crypto";
import { parseDigestKeys } from "../keys/digest-keys.ts";
import { variable } from "../platform/environment.ts";
import { readSecret } from "../platform/secrets.ts";
import { emailChangePk, emailUndoPk, resetPk } from "../store/address-items.ts";
import { registrationPk, userPk } from "../store/user-items.ts";

export type CodePurpose = "activation" | "login" | LongCodePurpose;
type LongCodePurpose = "reset" | "email_change" | "email_undo";

// RFC 4648 base32: no 0, 1, 8 or 9, so nothing that is read for another character.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const longCodeCharacters = 16;

/** Uniform over 000000–999999 from the system's CSPRNG (ASVS 6.5.3). */
const createShortCode = (): string => randomInt(1_000_000).toString().padStart(6, "0");

/** 80 bits (five for each character). */
const createLongCode = (): string =>
  [...randomBytes(longCodeCharacters)].map((byte) => alphabet[byte % alphabet.length]).join("");

export const createCode = (purpose: CodePurpose): string =>
  purpose === "activation" || purpose === "login" ? createShortCode() : createLongCode();

/** As the letter shows it, `123 456` or `ABCD-EFGH-IJKL-MNOP`; people type it with or without what stands between. */
export const shownCode = (code: string): string =>
  code.length === longCodeCharacters
    ? (code.match(/.{4}/g) ?? []).join("-")
    : `${code.slice(0, 3)} ${code.slice(3)}`;

const readKeys = async () => parseDigestKeys(await readSecret(variable("DIGEST_SECRET_ID")));

const digest = (secret: string, itemKey: string, purpose: CodePurpose, code: string) =>
  createHmac("sha256", secret).update(`${itemKey}\0${purpose}\0${code}`).digest("base64url");

/**
 * What the store holds instead of the code. Keyed, so that a copy of the table does not give the code away; bound to one
 * item and one purpose; without a nonce, so that it can stand in a condition and checking needs no read.
 */
export const codeDigest = async (itemKey: string, purpose: CodePurpose, code: string): Promise<string> =>
  digest((await readKeys()).current, itemKey, purpose, code);

/**
 * Every digest under which a code may have been stored: the secret may have been rotated since, or
 * not yet here.
 */
const digestsOf = async (itemKey: string, purpose: CodePurpose, code: string): Promise<string[]> => {
  const { next, current, previous } = await readKeys();
  return [current, previous, next].map((secret) => digest(secret, itemKey, purpose, code));
};

/** The digests of a code that somebody presents, by its purpose and the item that would hold it. */
export const codeDigests = {
  activation: (addressKey: string, code: string) => digestsOf(registrationPk(addressKey), "activation", code),
  login: (userId: string, code: string) => digestsOf(userPk(userId), "login", code),
  reset: (addressKey: string, code: string) => digestsOf(resetPk(addressKey), "reset", code),
  emailChange: (userId: string, code: string) => digestsOf(emailChangePk(userId), "email_change", code),
  emailUndo: (addressKey: string, code: string) => digestsOf(emailUndoPk(addressKey), "email_undo", code),
};
export type CodeDigests = typeof codeDigests;
