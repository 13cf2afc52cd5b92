import * as contract from "../shared/contract/session-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";
import { deviceTokens, type DeviceTokens } from "../shared/limits/device-tokens.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionEpochStore, type SessionEpochStore } from "../shared/sessions/session-epoch-store.ts";

type Deps = {
  epochs: Pick<SessionEpochStore, "endOthers">;
  deviceTokens: Pick<DeviceTokens, "issue">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** One write also ends sessions that are being created concurrently, and forgets other devices. */
export const endOtherSessions = async (
  { user, session, invocationId }: UserCall<typeof contract.endOtherSessions>,
  deps: Deps,
) => {
  if ((await deps.epochs.endOthers(user, session, invocationId)) === "refused")
    throw new ApiError("token_not_valid");
  deps.recordSecurityEvent("other_sessions_ended", { userId: user.id, sessionId: session.sessionId });
  return { deviceToken: await deps.deviceTokens.issue(user.addressKey, invocationId) };
};

export const handler = await userEndpoint(contract.endOtherSessions, endOtherSessions, () => ({
  epochs: sessionEpochStore(),
  deviceTokens: deviceTokens(),
  recordSecurityEvent,
}));
