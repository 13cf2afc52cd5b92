import { FieldErrors } from "../contract/errors.ts";
import { currentPasswordGuess } from "../limits/guess-limits.ts";
import { requireWithin, type LimitStore } from "../limits/limit-store.ts";
import type { User } from "../store/user-items.ts";
import type { PasswordHasher } from "./password-hash.ts";

export type CurrentPasswordDeps = {
  limits: Pick<LimitStore, "spend" | "giveBack">;
  hasher: Pick<PasswordHasher, "verify">;
};

/**
 * Limits guesses per account, so that the password can't be guessed with a stolen access token.
 * After the right one, `meanwhile` runs beside the write that gives the guess back.
 */
export const requireCurrentPassword = async (
  user: User,
  password: string | undefined,
  { limits, hasher }: CurrentPasswordDeps,
  meanwhile: () => Promise<void> = async () => {},
): Promise<void> => {
  if (password === undefined) throw new FieldErrors({ current_password: ["This field is required."] });
  const guess = currentPasswordGuess(user.id);
  requireWithin(await limits.spend(guess));
  if (!(await hasher.verify(password, user.passwordHash)))
    throw new FieldErrors({ current_password: ["Invalid password."] }, { wrongSecret: true });
  await Promise.all([limits.giveBack(guess), meanwhile()]);
};
