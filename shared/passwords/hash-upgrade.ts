import { recordSecurityEvent } from "../platform/security-log.ts";
import type { User } from "../store/user-items.ts";
import { needsUpgrade, rehashPassword, verifyPassword } from "./password-hash.ts";
import type { PasswordStore } from "./password-store.ts";

/**
 * Returns the hash that the account has afterwards: the new one, or one that a concurrent sign-in
 * stored for the same password. Otherwise returns the old hash, and the caller's write is refused.
 */
export const upgradeHash = async (
  user: User,
  password: string,
  replaceHash: PasswordStore["replaceHash"],
): Promise<string> => {
  if (user.status !== "active" || !needsUpgrade(user.passwordHash)) return user.passwordHash;
  const next = await rehashPassword(password, user.passwordHash);
  const outcome = await replaceHash(user, next);
  if (outcome === "replaced") {
    recordSecurityEvent("password_upgraded", { userId: user.id });
    return next;
  }
  const { current } = outcome;
  return current !== undefined && (await verifyPassword(password, current)) ? current : user.passwordHash;
};
