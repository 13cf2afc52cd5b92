import type { UserStore } from "../accounts/user-store.ts";
import { ApiError } from "../contract/errors.ts";
import type { enqueueLetter } from "../mail/mail-queue.ts";
import type { Clock } from "../platform/clock.ts";
import type { recordSecurityEvent } from "../platform/security-log.ts";
import type { Session, SessionStore } from "../sessions/session-store.ts";
import { staffSessionIsOver } from "../sessions/staff-session.ts";
import type { RenewingType, TokenVerifier } from "../sessions/tokens.ts";

export type SessionEndDeps = {
  verifier: TokenVerifier;
  sessions: Pick<SessionStore, "end">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

export type RenewalDeps = SessionEndDeps & {
  users: Pick<UserStore, "find">;
  sessions: Pick<SessionStore, "rotate">;
  enqueueLetter: typeof enqueueLetter;
  nowSeconds: Clock;
};

const end = async (
  { userId, sessionId }: Pick<Session, "userId" | "sessionId">,
  deps: SessionEndDeps,
): Promise<void> => {
  if ((await deps.sessions.end(userId, sessionId)) === "ended")
    deps.recordSecurityEvent("session_ended", { userId, sessionId });
};

/**
 * A token that is used again after the grace period was copied, so its session is ended and its
 * owner notified, unless the session has ended before. The account is read in parallel with the
 * rotation: if it is deleted or disabled, no token is returned.
 */
export const renewSession = async (
  token: string,
  type: RenewingType,
  deps: RenewalDeps,
): Promise<Session> => {
  const claims = await deps.verifier.verify(token, [type]);
  if (typeof claims === "string") throw new ApiError("token_not_valid");

  const [user, rotated] = await Promise.all([deps.users.find(claims.userId), deps.sessions.rotate(claims)]);
  if (rotated === "refused") throw new ApiError("token_not_valid");
  const replayed = "replayed" in rotated;
  const session = replayed ? rotated.replayed : rotated;
  if (user?.status !== "active" || user.sessionEpoch !== session.sessionEpoch)
    throw new ApiError("token_not_valid");
  if (replayed) {
    deps.recordSecurityEvent("session_replayed", claims);
    await deps.enqueueLetter({ kind: "session_replayed", userId: claims.userId });
    throw new ApiError("token_not_valid");
  }
  // The session was just rotated, so only the token still has the time of the last use. If another
  // tab rotated it within the grace period, that use counts.
  const used = { createdAt: claims.sessionCreatedAt, usedAt: claims.issuedAt };
  const isOver = user.isStaff && staffSessionIsOver(used, session.rotatedAt ?? deps.nowSeconds());
  const lostRank = type === "staff" && !user.isStaff;
  if (!isOver && !lostRank) return session;
  await end(claims, deps);
  throw new ApiError(lostRank ? "permission_denied" : "token_not_valid");
};

/** Also accepts tokens that were replaced, and sessions that have already ended. */
export const endSessionOf = async (
  token: string,
  type: RenewingType,
  deps: SessionEndDeps,
): Promise<void> => {
  const claims = await deps.verifier.verify(token, [type]);
  if (claims === "expired") return;
  if (claims === "invalid") throw new ApiError("token_not_valid");
  await end(claims, deps);
};
