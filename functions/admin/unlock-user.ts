import { contract } from "../../shared/contract/contract.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { currentPasswordGuess, guessKeys } from "../../shared/limits/limit-rules.ts";
import { limitStore, type LimitStore } from "../../shared/limits/limit-store.ts";
import { personLookup, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";

type Deps = {
  people: Pick<PersonLookup, "find">;
  limits: Pick<LimitStore, "clear">;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** Forgets the guesses counted against a person's address and account, the hundred in a row among them. */
export const unlockUser = async (
  { user: actor, parameters: { id } }: UserCall<typeof contract.unlockUser>,
  deps: Deps,
) => {
  const person = await deps.people.find(id);
  if (!person) throw new ApiError("not_found");
  const keys = [...guessKeys(person.addressKey), currentPasswordGuess(id).key];
  await Promise.all(keys.map((key) => deps.limits.clear(key)));
  deps.recordSecurityEvent("guesses_forgotten", { userId: id, actorId: actor.id });
};

export const handler = userEndpoint(contract.unlockUser, unlockUser, () => ({
  people: personLookup(),
  limits: limitStore(),
  recordSecurityEvent,
}));
