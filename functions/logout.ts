import * as contract from "../shared/contract/session-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionStore, type SessionStore } from "../shared/sessions/session-store.ts";
import { tokenVerifier, type TokenVerifier } from "../shared/sessions/tokens.ts";

type Deps = {
  verifier: TokenVerifier;
  sessions: Pick<SessionStore, "end">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** Also accepts refresh tokens that were replaced, and sessions that have already ended. */
export const logout = async ({ body: { refresh } }: Call<typeof contract.logout>, deps: Deps) => {
  const claims = await deps.verifier.verify(refresh, ["refresh"]);
  if (claims === "expired") return;
  if (claims === "invalid") throw new ApiError("token_not_valid");
  const { userId, sessionId } = claims;
  if ((await deps.sessions.end(userId, sessionId)) === "ended")
    deps.recordSecurityEvent("session_ended", { userId, sessionId });
};

export const handler = await endpoint(contract.logout, logout, () => ({
  verifier: tokenVerifier(),
  sessions: sessionStore(),
  recordSecurityEvent,
}));
