import { personLookup, requirePerson, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import * as contract from "../../shared/contract/account-operations.ts";
import { ApiError } from "../../shared/contract/errors.ts";
import { personActivity } from "../../shared/events/activity-view.ts";
import { historyStore, type HistoryStore } from "../../shared/events/history-store.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { isAccount } from "../../shared/store/user-items.ts";

type Deps = { people: Pick<PersonLookup, "find">; history: Pick<HistoryStore, "page"> };

export const listUserActivity = async (
  { query: { cursor, limit }, parameters: { id } }: UserCall<typeof contract.listUserActivity>,
  deps: Deps,
) => {
  const person = await requirePerson(id, deps);
  if (!isAccount(person)) return { results: [], next: null };
  const page = await deps.history.page(id, { cursor, limit: Number(limit) });
  if (page === "cursor_not_valid") throw new ApiError(page);
  return { results: personActivity(page.events), next: page.next };
};

export const handler = await userEndpoint(contract.listUserActivity, listUserActivity, () => ({
  people: personLookup(),
  history: historyStore(),
}));
