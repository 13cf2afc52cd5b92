import { contract } from "../../shared/contract/contract.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { personLookup, shownPerson, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";

type Deps = { people: Pick<PersonLookup, "find"> };

/** One account, or one registration that waits for its code. */
export const getUser = async ({ parameters: { id } }: UserCall<typeof contract.getUser>, deps: Deps) => {
  const person = await deps.people.find(id);
  if (!person) throw new ApiError("not_found");
  return shownPerson(person);
};

export const handler = userEndpoint(contract.getUser, getUser, () => ({ people: personLookup() }));
