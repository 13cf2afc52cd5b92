import * as contract from "../shared/contract/account-operations.ts";
import { ApiError } from "../shared/contract/errors.ts";
import { ownActivity } from "../shared/events/activity-view.ts";
import { historyStore, type HistoryStore } from "../shared/events/history-store.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";

type Deps = { history: Pick<HistoryStore, "page"> };

export const getActivity = async ({ user, query }: UserCall<typeof contract.getActivity>, deps: Deps) => {
  const { cursor, limit } = query;
  const page = await deps.history.page(user.id, { cursor, limit: Number(limit) });
  if (page === "cursor_not_valid") throw new ApiError(page);
  return { results: ownActivity(page.events), next: page.next };
};

export const handler = await userEndpoint(contract.getActivity, getActivity, () => ({
  history: historyStore(),
}));
