/**
 * Replaces a hash that is not as we make them, at the one moment when its password is at hand: when
 * it has been proven.
 */
import { recordSecurityEvent } from "../platform/security-log.ts";
import type { User } from "../store/user-items.ts";
import { needsUpgrade, rehashPassword, verifyPassword } from "./password-hash.ts";
import type { PasswordStore } from "./password-store.ts";

/**
 * Returns the hash that an account whose password has just been proven goes on with. Of two
 * sign-ins at once the later one finds the other's new hash, and goes on with it if it matches the
 * same password. Costs nothing if no upgrade is needed.
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
