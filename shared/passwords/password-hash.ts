/**
 * Password hashes: argon2id with OWASP's parameters, in PHC form; and whatever was brought along, checked the way it was made.
 * The only importer of argon2.
 */
import { pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { argon2id, hash, verify } from "argon2";
import { readHash, trimmedByPython, type HashForm } from "./hash-forms.ts";

// OWASP Password Storage: m=19 MiB, t=2, p=1.
const parameters = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Checked in place of the hash that a stranger does not have: same parameters, same time, matches nothing. */
const nobodysHash =
  "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cyBzYWx0ICEhIQ$Zm9yIG5vYm9keSBhdCBhbGwgLSBub3QgYSByZWFsIGhhc2g";

// The same password typed on two keyboards can arrive in two compositions (NIST SP 800-63B 3.1.1.2).
const prepare = (password: string) => password.normalize("NFKC");

const stretch = promisify(pbkdf2);

// The package writes m, p, t; argon2's own reference and most programs read the order of the specification only.
const inOrder = (phc: string) => phc.replace(/\$(m=\d+),(p=\d+),(t=\d+)\$/, "$$$1,$3,$2$$");

export const hashPassword = async (password: string): Promise<string> =>
  inOrder(await hash(prepare(password), parameters));

type Checkable = Exclude<HashForm, { kind: "none" }>;

const checkable = (stored: string | undefined): Checkable | undefined => {
  const form = stored === undefined ? "unknown" : readHash(stored);
  return typeof form === "string" || form.kind === "none" ? undefined : form;
};

const matches = async (password: string, form: Checkable): Promise<boolean> => {
  const text = form.asDjangoStored ? trimmedByPython(password) : prepare(password);
  if (form.kind === "argon2") return verify(form.phc, text);
  const { salt, iterations, digest } = form;
  return timingSafeEqual(await stretch(text, salt, iterations, digest.length, "sha256"), digest);
};

/** `undefined`, and a form that nobody can check, cost the same as a real hash of ours and never match. */
export const verifyPassword = async (
  password: string,
  passwordHash: string | undefined,
): Promise<boolean> => {
  const form = checkable(passwordHash);
  if (form) return matches(password, form);
  await verify(nobodysHash, prepare(password));
  return false;
};

/** The port by which use cases hash and check passwords. */
export const passwordHasher = { hash: hashPassword, verify: verifyPassword };
export type PasswordHasher = typeof passwordHasher;

/** Whether it is another hash than we make: even a stronger one would tell by its time whose it is. */
export const needsUpgrade = (passwordHash: string): boolean => {
  const form = checkable(passwordHash);
  return (
    form !== undefined &&
    (form.kind !== "argon2" ||
      form.asDjangoStored ||
      form.memoryKibibytes !== parameters.memoryCost ||
      form.passes !== parameters.timeCost ||
      form.lanes !== parameters.parallelism)
  );
};

/**
 * A hash of ours for a password that `passwordHash` has just proven. Where Django had trimmed it, what was left is the password:
 * a space that slipped in at this one sign-in must not become a part of it for ever.
 */
export const rehashPassword = (password: string, passwordHash: string): Promise<string> => {
  const form = checkable(passwordHash);
  return hashPassword(form?.asDjangoStored ? trimmedByPython(password) : password);
};
