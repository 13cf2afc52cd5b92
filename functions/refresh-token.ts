import { userStore, type UserStore } from "../shared/accounts/user-store.ts";
import * as contract from "../shared/contract/session-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { nowSeconds, type Clock } from "../shared/platform/clock.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionStore, type SessionStore } from "../shared/sessions/session-store.ts";
import { staffSessionIsOver } from "../shared/sessions/staff-session.ts";
import {
  tokenSigner,
  tokenVerifier,
  type TokenSigner,
  type TokenVerifier,
} from "../shared/sessions/tokens.ts";

type Deps = {
  verifier: TokenVerifier;
  users: Pick<UserStore, "find">;
  sessions: Pick<SessionStore, "rotate" | "end">;
  signer: TokenSigner;
  enqueueLetter: typeof enqueueLetter;
  recordSecurityEvent: typeof recordSecurityEvent;
  nowSeconds: Clock;
};

/**
 * A token that is used again after the grace period was copied, so its session is ended and its
 * owner notified, unless the session has ended before. The account is read in parallel with the
 * rotation: if it is deleted or disabled, no token is returned.
 */
export const refreshToken = async ({ body: { refresh } }: Call<typeof contract.refreshToken>, deps: Deps) => {
  const claims = await deps.verifier.verify(refresh, ["refresh"]);
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
  // The session was just rotated, so only the token still has the time of the last use.
  const used = { createdAt: claims.sessionCreatedAt, usedAt: claims.issuedAt };
  if (user.isStaff && staffSessionIsOver(used, deps.nowSeconds())) {
    const { userId, sessionId } = claims;
    if ((await deps.sessions.end(userId, sessionId)) === "ended")
      deps.recordSecurityEvent("session_ended", { userId, sessionId });
    throw new ApiError("token_not_valid");
  }
  return deps.signer.pair(session);
};

export const handler = await endpoint(contract.refreshToken, refreshToken, () => ({
  verifier: tokenVerifier(),
  users: userStore(),
  sessions: sessionStore(),
  signer: tokenSigner(),
  enqueueLetter,
  recordSecurityEvent,
  nowSeconds,
}));
