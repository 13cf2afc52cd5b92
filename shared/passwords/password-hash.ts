import { argon2id, hash, verify } from "argon2";
import { readHash, trimmedByPython, type HashForm } from "./hash-forms.ts";
import { matchesForeign } from "./foreign-hashes.ts";

// The OWASP Password Storage Cheat Sheet recommends m=19 MiB, t=2, p=1.
const parameters = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Verified if there is no account, so that the response takes the same time. Matches nothing. */
const decoyHash =
  "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cyBzYWx0ICEhIQ$Zm9yIG5vYm9keSBhdCBhbGwgLSBub3QgYSByZWFsIGhhc2g";

// Keyboards can encode the same password differently (NIST SP 800-63B 3.1.1.2).
const prepare = (password: string) => password.normalize("NFKC");

// The package writes m, p, t. The reference implementation and most others accept only m, t, p.
const inOrder = (phc: string) => phc.replace(/\$(m=\d+),(p=\d+),(t=\d+)\$/, "$$$1,$3,$2$$");

export const hashPassword = async (password: string, salt?: Buffer): Promise<string> =>
  inOrder(await hash(prepare(password), { ...parameters, ...(salt && { salt }) }));

const checkable = (stored: string | undefined): HashForm | undefined => {
  const form = stored === undefined ? "unknown" : readHash(stored);
  return typeof form === "string" || form.kind === "none" ? undefined : form;
};

const matches = async (password: string, form: HashForm): Promise<boolean> => {
  const text = {
    normalised: prepare,
    trimmed: trimmedByPython,
    "as typed": (typed: string) => typed,
  }[form.prepared](password);
  return form.kind === "argon2" ? verify(form.phc, text) : matchesForeign(text, form);
};

/** An `undefined` or unknown hash never matches but costs the same time as one of ours. */
export const verifyPassword = async (
  password: string,
  passwordHash: string | undefined,
): Promise<boolean> => {
  const form = checkable(passwordHash);
  if (form) return matches(password, form);
  await verify(decoyHash, prepare(password));
  return false;
};

export const passwordHasher = { hash: hashPassword, verify: verifyPassword };
export type PasswordHasher = typeof passwordHasher;

/**
 * True if the hash doesn't use our current parameters. Stronger ones are replaced too: their cost
 * would reveal imported accounts by timing.
 */
export const needsUpgrade = (passwordHash: string): boolean => {
  const form = checkable(passwordHash);
  return (
    form !== undefined &&
    (form.kind !== "argon2" ||
      form.prepared !== "normalised" ||
      form.memoryKibibytes !== parameters.memoryCost ||
      form.passes !== parameters.timeCost ||
      form.lanes !== parameters.parallelism)
  );
};

/** If Django had trimmed the password, a space typed at this sign-in must not become part of it. */
export const rehashPassword = (password: string, passwordHash: string): Promise<string> => {
  const form = checkable(passwordHash);
  return hashPassword(form?.prepared === "trimmed" ? trimmedByPython(password) : password);
};
