import { shownPeople } from "../../shared/admin/person-fields.ts";
import { personList, type PersonList } from "../../shared/admin/person-list.ts";
import { personLookup, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { deliveryStore, type DeliveryStore } from "../../shared/delivery/delivery-store.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";

type Deps = {
  list: PersonList;
  people: Pick<PersonLookup, "findByUsername">;
  deliveries: Pick<DeliveryStore, "findAll">;
};

/** With a username, the other filters are ignored, and there is no second page. */
export const listUsers = async (
  { query: { username = "", email, state, cursor, limit } }: UserCall<typeof contract.listUsers>,
  deps: Deps,
) => {
  if (username !== "") {
    if (cursor !== undefined) throw new ApiError("cursor_not_valid");
    const person = await deps.people.findByUsername(username);
    return { results: await shownPeople(person ? [person] : [], deps), next: null };
  }
  const page = await deps.list.page({ state, addressPrefix: email, cursor, size: Number(limit) });
  if (page === "cursor_not_valid") throw new ApiError(page);
  return { results: await shownPeople(page.people, deps), next: page.next };
};

export const handler = await userEndpoint(contract.listUsers, listUsers, () => ({
  list: personList(),
  people: personLookup(),
  deliveries: deliveryStore(),
}));
