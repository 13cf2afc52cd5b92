import { personLookup, requirePerson, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { guessKeys } from "../../shared/limits/guess-limits.ts";
import { limitStore, type LimitStore } from "../../shared/limits/limit-store.ts";
import { spendStaffAct } from "../../shared/limits/staff-limits.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";

type Deps = {
  people: Pick<PersonLookup, "find">;
  limits: Pick<LimitStore, "spend" | "clear">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

export const unlockUser = async (
  { user: actor, parameters: { id } }: UserCall<typeof contract.unlockUser>,
  deps: Deps,
) => {
  const person = await requirePerson(id, deps);
  await spendStaffAct(actor, deps);
  await Promise.all(guessKeys(person.addressKey, id).map((key) => deps.limits.clear(key)));
  deps.recordSecurityEvent("guesses_forgotten", { userId: id, actorId: actor.id });
};

export const handler = await userEndpoint(contract.unlockUser, unlockUser, () => ({
  people: personLookup(),
  limits: limitStore(),
  recordSecurityEvent,
}));
