/** Asking a signed-in person for the password again: limited per account, so that a stolen access token is no oracle for it. */
import { FieldErrors } from "../contract/errors.ts";
import { currentPasswordGuess } from "../limits/guess-limits.ts";
import { requireWithin, type LimitStore } from "../limits/limit-store.ts";
import type { User } from "../store/user-items.ts";
import type { PasswordHasher } from "./password-hash.ts";

export type CurrentPasswordDeps = {
  limits: Pick<LimitStore, "spend" | "clear">;
  hasher: Pick<PasswordHasher, "verify">;
};

/** Passes, or throws the refusal. A right password clears the count of wrong ones. */
export const requireCurrentPassword = async (
  user: User,
  password: string | undefined,
  { limits, hasher }: CurrentPasswordDeps,
): Promise<void> => {
  if (password === undefined) throw new FieldErrors({ current_password: ["This field is required."] });
  const guess = currentPasswordGuess(user.id);
  requireWithin(await limits.spend(guess));
  if (!(await hasher.verify(password, user.passwordHash)))
    throw new FieldErrors({ current_password: ["Invalid password."] }, { wrongSecret: true });
  await limits.clear(guess.key);
};
