import { recordSecurityEvent } from "../platform/security-log.ts";
import type { User } from "../store/user-items.ts";
import { needsUpgrade, rehashPassword, verifyPassword } from "./password-hash.ts";
import type { PasswordStore } from "./password-store.ts";

/**
 * Replaces an outdated hash and returns the account's current one. If a concurrent sign-in has
 * replaced it first, that is the other's hash, provided that it matches the same password.
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
