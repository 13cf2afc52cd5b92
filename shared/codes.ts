/** One-time codes of six digits. The code itself lives in the mailer's memory and in the letter, nowhere else. */
import { createHmac, randomInt } from "node:crypto";
import { parseDigestKeys } from "./digest-keys.ts";
import { environment } from "./environment.ts";
import { readSecret } from "./secrets.ts";

export type CodePurpose = "activation" | "login";

/** Uniform over 000000–999999 from the system's CSPRNG (ASVS 6.5.3). */
export const createCode = (): string => randomInt(1_000_000).toString().padStart(6, "0");

/** As the letter shows it; people type it with or without the space. */
export const shownCode = (code: string): string => `${code.slice(0, 3)} ${code.slice(3)}`;

const readKeys = async () =>
  parseDigestKeys(await readSecret(environment("DIGEST_SECRET_ID").DIGEST_SECRET_ID));

const digest = (secret: string, itemKey: string, purpose: CodePurpose, code: string) =>
  createHmac("sha256", secret).update(`${itemKey}\0${purpose}\0${code}`).digest("base64url");

/**
 * What the store holds instead of the code. Keyed, so that a copy of the table does not give the code away; bound to one
 * item and one purpose; without a nonce, so that it can stand in a condition and checking needs no read.
 */
export const codeDigest = async (itemKey: string, purpose: CodePurpose, code: string): Promise<string> =>
  digest((await readKeys()).current, itemKey, purpose, code);

/** Every digest under which a code may have been stored: the secret could be rotated since, or not yet here. */
export const codeDigests = async (itemKey: string, purpose: CodePurpose, code: string): Promise<string[]> => {
  const { next, current, previous } = await readKeys();
  return [current, previous, next].map((secret) => digest(secret, itemKey, purpose, code));
};
