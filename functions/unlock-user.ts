import { contract } from "../shared/contract.ts";
import { ApiError } from "../shared/errors.ts";
import { currentPasswordTry, guessKeys } from "../shared/limit-rules.ts";
import { limitStore, type LimitStore } from "../shared/limits.ts";
import { peopleStore, type PeopleStore } from "../shared/people.ts";
import { recordSecurityEvent } from "../shared/security-log.ts";
import { userEndpoint, type UserCall } from "../shared/user-endpoint.ts";

type Deps = {
  people: Pick<PeopleStore, "find">;
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
  const keys = [...guessKeys(person.addressKey), currentPasswordTry(id).key];
  await Promise.all(keys.map((key) => deps.limits.clear(key)));
  deps.recordSecurityEvent("guesses_forgotten", { userId: id, actorId: actor.id });
};

export const handler = userEndpoint(contract.unlockUser, unlockUser, () => ({
  people: peopleStore(),
  limits: limitStore(),
  recordSecurityEvent,
}));
