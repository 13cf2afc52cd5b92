import * as contract from "../shared/contract/session-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { isSessionId, sessionStore, type SessionStore } from "../shared/sessions/session-store.ts";

type Deps = { sessions: Pick<SessionStore, "end">; recordSecurityEvent: typeof recordSecurityEvent };

/** The key contains the caller's id, so other people's sessions can't be found. */
export const endSession = async (
  { user, parameters: { id: sessionId } }: UserCall<typeof contract.endSession>,
  deps: Deps,
) => {
  if (!isSessionId(sessionId)) throw new ApiError("not_found");
  if ((await deps.sessions.end(user.id, sessionId)) === "not_found") throw new ApiError("not_found");
  deps.recordSecurityEvent("session_ended", { userId: user.id, sessionId });
};

export const handler = await userEndpoint(contract.endSession, endSession, () => ({
  sessions: sessionStore(),
  recordSecurityEvent,
}));
