import { contract } from "../shared/contract.ts";
import { ApiError, FieldErrors } from "../shared/errors.ts";
import { guessKey, limitStore, passwordGuessRules, type LimitStore } from "../shared/limits.ts";
import { verifyPassword } from "../shared/passwords.ts";
import { sessionStore, type SessionStore } from "../shared/sessions.ts";
import { userEndpoint, type UserCall } from "../shared/user-endpoint.ts";
import { userStore, type UserStore } from "../shared/users.ts";

type Deps = {
  users: Pick<UserStore, "remove">;
  sessions: Pick<SessionStore, "removeAll">;
  limits: Pick<LimitStore, "spend" | "clear">;
  verifyPassword: typeof verifyPassword;
};

/**
 * Deletes the account. The password is asked again, and asking it is limited per account, so that a stolen access token is
 * no oracle for it. Without its user no session lives; deleting them afterwards is tidying.
 */
export const deleteMe = async ({ body, user }: UserCall<typeof contract.deleteMe>, deps: Deps) => {
  const guesses = guessKey("current-password", user.id);
  const guess = await deps.limits.spend(guesses, passwordGuessRules);
  if (guess.outcome === "exhausted") throw new ApiError("too_many_password_guesses", guess);
  if (!(await deps.verifyPassword(body.current_password, user.passwordHash)))
    throw new FieldErrors({ current_password: ["Invalid password."] });

  if ((await deps.users.remove(user)) === "refused") throw new ApiError("user_not_found");
  await Promise.all([deps.sessions.removeAll(user.id), deps.limits.clear(guesses)]);
};

export const handler = userEndpoint(contract.deleteMe, deleteMe, () => ({
  users: userStore(),
  sessions: sessionStore(),
  limits: limitStore(),
  verifyPassword,
}));
