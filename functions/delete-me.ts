import { userStore, type UserStore } from "../shared/accounts/user-store.ts";
import * as contract from "../shared/contract/account-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";
import { limitStore } from "../shared/limits/limit-store.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { requireCurrentPassword, type CurrentPasswordDeps } from "../shared/passwords/current-password.ts";
import { passwordHasher } from "../shared/passwords/password-hash.ts";
import { nowSeconds, type Clock } from "../shared/platform/clock.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionStore, type SessionStore } from "../shared/sessions/session-store.ts";

type Deps = CurrentPasswordDeps & {
  users: Pick<UserStore, "removeOwn">;
  sessions: Pick<SessionStore, "removeAll">;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
  nowSeconds: Clock;
};

/**
 * Staff can't delete their own account, because one administrator must remain. Sessions are
 * invalid without their user, so their deletion is only a cleanup.
 */
export const deleteMe = async ({ body, user }: UserCall<typeof contract.deleteMe>, deps: Deps) => {
  if (user.isStaff) throw new ApiError("not_yourself");
  await requireCurrentPassword(user, body.current_password, deps);
  const removed = await deps.users.removeOwn(user);
  if (removed === "refused") throw new ApiError("user_not_found");
  if (removed !== "removed") {
    const until = removed.undoUntil;
    throw new ApiError("deletion_waits", { until, retryAfterSeconds: until - deps.nowSeconds() });
  }
  deps.recordSecurityEvent("user_deleted", { userId: user.id });
  await Promise.all([
    deps.sessions.removeAll(user.id),
    deps.enqueueLetter({ kind: "goodbye", userId: user.id }),
  ]);
};

export const handler = await userEndpoint(contract.deleteMe, deleteMe, () => ({
  users: userStore(),
  sessions: sessionStore(),
  limits: limitStore(),
  hasher: passwordHasher,
  enqueueLetter,
  recordSecurityEvent,
  nowSeconds,
}));
