import { personCount, type PersonCount } from "../../shared/admin/person-count.ts";
import { shownPeople, type ListedPerson } from "../../shared/admin/person-fields.ts";
import { personList, type PersonList } from "../../shared/admin/person-list.ts";
import { personLookup, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import { searchFor, type Criteria } from "../../shared/admin/person-search.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { ApiError, FieldErrors } from "../../shared/contract/errors.ts";
import { deliveryStore, type DeliveryStore } from "../../shared/delivery/delivery-store.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";

type Deps = {
  list: PersonList;
  people: Pick<PersonLookup, "find" | "findByUsername">;
  count: PersonCount;
  deliveries: Pick<DeliveryStore, "findAll">;
};
type Query = UserCall<typeof contract.listUsers>["query"];

const secondsOf = (time: string | undefined) => (time === undefined ? undefined : Date.parse(time) / 1000);

const criteriaIn = ({ state, email, username, registered_after, registered_before }: Query): Criteria => {
  if (registered_after !== undefined && registered_before !== undefined)
    if (registered_before <= registered_after)
      throw new FieldErrors({ registered_before: ["This time must be later than registered_after."] });
  return {
    state,
    addressPrefix: email,
    usernamePrefix: username,
    createdFrom: secondsOf(registered_after),
    createdBefore: secondsOf(registered_before),
  };
};

// An index shows a new name some milliseconds late, and has none of very old accounts.
const withWholeName = async (page: ListedPerson[], { username = "" }: Query, { people }: Deps) => {
  const named = username === "" ? undefined : await people.findByUsername(username);
  return named && page.every(({ id }) => id !== named.id) ? [named, ...page] : page;
};

export const listUsers = async ({ query }: UserCall<typeof contract.listUsers>, deps: Deps) => {
  const criteria = criteriaIn(query);
  const { matches } = searchFor(criteria);
  const { id = "", cursor } = query;
  const size = Number(query.limit);
  if (id !== "") {
    if (cursor !== undefined) throw new ApiError("cursor_not_valid");
    const person = await deps.people.find(id.toLowerCase());
    const people = person && matches(person) ? [person] : [];
    return { results: await shownPeople(people, deps), next: null, approximate_total: null };
  }
  const [page, approximate_total] = await Promise.all([
    deps.list.page({ ...criteria, cursor, size }),
    deps.count.about(criteria),
  ]);
  if (page === "cursor_not_valid") throw new ApiError(page);
  const hasRoom = cursor === undefined && page.people.length < size;
  const people = hasRoom ? await withWholeName(page.people, query, deps) : page.people;
  return { results: await shownPeople(people.filter(matches), deps), next: page.next, approximate_total };
};

export const handler = await userEndpoint(contract.listUsers, listUsers, () => ({
  list: personList(),
  people: personLookup(),
  count: personCount(),
  deliveries: deliveryStore(),
}));
