import { shownPerson } from "../../shared/admin/person-fields.ts";
import { personLookup, requirePerson, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";

type Deps = { people: Pick<PersonLookup, "find"> };

export const getUser = async ({ parameters: { id } }: UserCall<typeof contract.getUser>, deps: Deps) => {
  return shownPerson(await requirePerson(id, deps));
};

export const handler = await userEndpoint(contract.getUser, getUser, () => ({ people: personLookup() }));
