import { personLookup, requirePerson, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { staff } from "../../shared/events/actor.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { limitStore } from "../../shared/limits/limit-store.ts";
import { spendStaffAct, type StaffActDeps } from "../../shared/limits/staff-limits.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";
import { sessionEpochStore, type SessionEpochStore } from "../../shared/sessions/session-epoch-store.ts";
import { isAccount } from "../../shared/store/user-items.ts";

type Deps = StaffActDeps & {
  people: Pick<PersonLookup, "find">;
  epochs: Pick<SessionEpochStore, "endAll">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

export const endUserSessions = async (
  { user: actor, parameters: { id } }: UserCall<typeof contract.endUserSessions>,
  deps: Deps,
) => {
  const person = await requirePerson(id, deps);
  if (!isAccount(person)) return;
  await spendStaffAct(actor, deps);
  if ((await deps.epochs.endAll(person, staff(actor))) === "refused") throw new ApiError("not_found");
  deps.recordSecurityEvent("all_sessions_ended", { userId: id, actorId: actor.id });
};

export const handler = await userEndpoint(contract.endUserSessions, endUserSessions, () => ({
  people: personLookup(),
  epochs: sessionEpochStore(),
  limits: limitStore(),
  recordSecurityEvent,
}));
