import { personLookup, requirePerson, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import * as contract from "../../shared/contract/session-operations.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { limitStore } from "../../shared/limits/limit-store.ts";
import { spendStaffAct, type StaffActDeps } from "../../shared/limits/staff-limits.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";
import { isSessionId, sessionStore, type SessionStore } from "../../shared/sessions/session-store.ts";

type Deps = StaffActDeps & {
  people: Pick<PersonLookup, "find">;
  sessions: Pick<SessionStore, "end">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** The key contains the person's id, so sessions of others can't be found. */
export const endUserSession = async (
  { user: actor, parameters: { id, session_id: sessionId } }: UserCall<typeof contract.endUserSession>,
  deps: Deps,
) => {
  if (!isSessionId(sessionId)) throw new ApiError("not_found");
  await requirePerson(id, deps);
  await spendStaffAct(actor, deps);
  if ((await deps.sessions.end(id, sessionId)) === "not_found") throw new ApiError("not_found");
  deps.recordSecurityEvent("session_ended", { userId: id, sessionId, actorId: actor.id });
};

export const handler = await userEndpoint(contract.endUserSession, endUserSession, () => ({
  people: personLookup(),
  sessions: sessionStore(),
  limits: limitStore(),
  recordSecurityEvent,
}));
