import { createHash, pbkdf2, scrypt, timingSafeEqual, type ScryptOptions } from "node:crypto";
import { promisify } from "node:util";
import type { HashForm } from "./hash-forms.ts";

type Foreign = Exclude<HashForm, { kind: "argon2" }>;
type Of<Kind extends Foreign["kind"]> = Extract<Foreign, { kind: Kind }>;

const pbkdf2Of = promisify(pbkdf2);
const scryptOf = promisify<string, string, number, ScryptOptions, Buffer>(scrypt);

const matchesScrypt = async (text: string, form: Of<"scrypt">): Promise<boolean> => {
  const { blocks: N, blockSize: r, lanes: p, salt, digest } = form;
  // Node's default maximum is less than the memory that OWASP recommends.
  const maxmem = 128 * r * (N + p) * 2;
  return timingSafeEqual(await scryptOf(text, salt, digest.length, { N, r, p, maxmem }), digest);
};

/** bcrypt reads 72 bytes, so a longer password matches by its beginning, as in the other system. */
const matchesBcrypt = async (text: string, form: Of<"bcrypt">): Promise<boolean> => {
  // Imported here, so that no cold start pays for its tables.
  const { hash } = await import("bcryptjs");
  const { setting, digest, ofDigest } = form;
  const read = ofDigest ? createHash("sha256").update(text).digest("hex") : text;
  const made = await hash(read, setting);
  return timingSafeEqual(Buffer.from(made.slice(setting.length)), Buffer.from(digest));
};

export const matchesForeign = async (text: string, form: Foreign): Promise<boolean> => {
  if (form.kind === "scrypt") return matchesScrypt(text, form);
  if (form.kind === "bcrypt") return matchesBcrypt(text, form);
  const { salt, iterations, digest, hash } = form;
  return timingSafeEqual(await pbkdf2Of(text, salt, iterations, digest.length, hash), digest);
};
