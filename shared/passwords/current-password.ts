/** Asking a signed-in person for the password again: limited per account, so that a stolen access token is no oracle for it. */
import { ApiError, FieldErrors } from "../contract/errors.ts";
import type { User } from "../store/user-items.ts";
import { currentPasswordGuess } from "../limits/limit-rules.ts";
import type { LimitStore } from "../limits/limit-store.ts";
import type { verifyPassword } from "./password-hash.ts";

export type PasswordDeps = {
  limits: Pick<LimitStore, "spend" | "clear">;
  verifyPassword: typeof verifyPassword;
};

/** Passes, or throws the refusal. A right password clears the count of wrong ones. */
export const requireCurrentPassword = async (
  user: User,
  password: string | undefined,
  { limits, verifyPassword }: PasswordDeps,
): Promise<void> => {
  if (password === undefined) throw new FieldErrors({ current_password: ["This field is required."] });
  const guess = currentPasswordGuess(user.id);
  const spent = await limits.spend(guess);
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, spent);
  if (!(await verifyPassword(password, user.passwordHash)))
    throw new FieldErrors({ current_password: ["Invalid password."] }, { wrongSecret: true });
  await limits.clear(guess.key);
};
