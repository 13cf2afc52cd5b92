import { contract } from "../shared/contract/contract.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionEpochStore, type SessionEpochStore } from "../shared/sessions/session-epoch-store.ts";

type Deps = {
  epochs: Pick<SessionEpochStore, "endOthers">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** One write also ends sessions that are being created concurrently. */
export const endOtherSessions = async (
  { user, session }: UserCall<typeof contract.endOtherSessions>,
  deps: Deps,
) => {
  if ((await deps.epochs.endOthers(user, session)) === "refused") throw new ApiError("token_not_valid");
  deps.recordSecurityEvent("other_sessions_ended", { userId: user.id, sessionId: session.sessionId });
};

export const handler = userEndpoint(contract.endOtherSessions, endOtherSessions, () => ({
  epochs: sessionEpochStore(),
  recordSecurityEvent,
}));
