/** Password hashes: argon2id with OWASP's parameters, in PHC form. The only importer of argon2. */
import { argon2id, hash, verify } from "argon2";

// OWASP Password Storage: m=19 MiB, t=2, p=1.
const parameters = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Checked in place of the hash that a stranger does not have: same parameters, same time, matches nothing. */
const nobodysHash =
  "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5cyBzYWx0ICEhIQ$Zm9yIG5vYm9keSBhdCBhbGwgLSBub3QgYSByZWFsIGhhc2g";

// The same password typed on two keyboards can arrive in two compositions (NIST SP 800-63B 3.1.1.2).
const prepare = (password: string) => password.normalize("NFKC");

export const hashPassword = (password: string): Promise<string> => hash(prepare(password), parameters);

/** `undefined` costs the same as a real hash and never matches. */
export const verifyPassword = async (
  password: string,
  passwordHash: string | undefined,
): Promise<boolean> => {
  const matches = await verify(passwordHash ?? nobodysHash, prepare(password));
  return passwordHash !== undefined && matches;
};
