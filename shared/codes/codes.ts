// Only the mailer's memory and the letter contain the code itself. Codes for lost passwords and
// address changes are long enough to need no limit per address, which a stranger could use up.
import { createHmac, randomBytes, randomInt } from "node:crypto";
import { parseDigestKeys } from "../keys/digest-keys.ts";
import { variable } from "../platform/environment.ts";
import { readSecret } from "../platform/secrets.ts";
import { emailChangePk, emailUndoPk, resetPk } from "../store/address-items.ts";
import { registrationPk, userPk } from "../store/user-items.ts";

export type CodePurpose = "activation" | "login" | LongCodePurpose;
type LongCodePurpose = "invitation" | "reset" | "email_change" | "email_undo";

// RFC 4648 base32 omits 0, 1, 8 and 9, which are easily confused with letters.
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const longCodeCharacters = 16;

/** `randomInt` is uniform and uses the system's CSPRNG (ASVS 6.5.3). */
const createShortCode = (): string => randomInt(1_000_000).toString().padStart(6, "0");

// Each of the 16 characters has five bits, 80 in total. 256 is a multiple of 32, so all characters
// are equally likely.
const createLongCode = (): string =>
  [...randomBytes(longCodeCharacters)].map((byte) => alphabet[byte % alphabet.length]).join("");

export const createCode = (purpose: CodePurpose): string =>
  purpose === "activation" || purpose === "login" ? createShortCode() : createLongCode();

/** Strangers see from a code itself which kind it is, so nothing else needs to tell. */
export const isLongCode = (code: string): boolean => code.length === longCodeCharacters;

export const shownCode = (code: string): string =>
  isLongCode(code) ? (code.match(/.{4}/g) ?? []).join("-") : `${code.slice(0, 3)} ${code.slice(3)}`;

const readKeys = async () => parseDigestKeys(await readSecret(variable("DIGEST_SECRET_ID")));

const digest = (secret: string, itemKey: string, purpose: CodePurpose, code: string) =>
  createHmac("sha256", secret).update(`${itemKey}\0${purpose}\0${code}`).digest("base64url");

// The digest is keyed, so a copy of the table doesn't reveal codes, and bound to one item and one
// purpose. It has no nonce, so a write's condition can check it without a read.
export const codeDigest = async (itemKey: string, purpose: CodePurpose, code: string): Promise<string> =>
  digest((await readKeys()).current, itemKey, purpose, code);

/** The secret may have been rotated since the code was stored, or this cached ring may be older. */
const digestsOf = async (itemKey: string, purpose: CodePurpose, code: string): Promise<string[]> => {
  const { next, current, previous } = await readKeys();
  return [current, previous, next].map((secret) => digest(secret, itemKey, purpose, code));
};

export const codeDigests = {
  activation: (addressKey: string, code: string) => digestsOf(registrationPk(addressKey), "activation", code),
  invitation: (addressKey: string, code: string) => digestsOf(registrationPk(addressKey), "invitation", code),
  login: (userId: string, code: string) => digestsOf(userPk(userId), "login", code),
  reset: (addressKey: string, code: string) => digestsOf(resetPk(addressKey), "reset", code),
  emailChange: (userId: string, code: string) => digestsOf(emailChangePk(userId), "email_change", code),
  emailUndo: (addressKey: string, code: string) => digestsOf(emailUndoPk(addressKey), "email_undo", code),
};
export type CodeDigests = typeof codeDigests;
