// Maps react-admin's page numbers to the API's cursors, which are remembered per filter. A page
// without a known cursor (after a reload, for example) is reached from the nearest page before it.
import type { GetListParams } from "ra-core";
import type { AnswerOf, RequestOf } from "./api.ts";
import { signedRequest } from "./session.ts";

type Query = RequestOf<"GET /api/v1/admin/users/">["query"];

export const pageSizes = [25, 50, 100] as const;

/** Days are those of the administrator's time zone. */
const startOfDay = (day: unknown, daysLater = 0): string | undefined => {
  const start = new Date(`${String(day)}T00:00`);
  start.setDate(start.getDate() + daysLater);
  return Number.isNaN(start.getTime()) ? undefined : start.toISOString();
};

/** The last day of a search counts as a whole. */
const queryFor = ({ registered_after, registered_before, ...filter }: GetListParams["filter"]): Query => ({
  ...filter,
  registered_after: startOfDay(registered_after),
  registered_before: startOfDay(registered_before, 1),
});

/** A search by several criteria can have empty pages before its last one. */
const emptyPagesFollowed = 20;

/** The cursors of pages 1 (none), 2, 3 …, by filter and page size. */
const cursorsSeen = new Map<string, (string | undefined)[]>();

export const readPage = async ({ filter = {}, pagination }: GetListParams) => {
  const { page = 1, perPage = pageSizes[0] } = pagination ?? {};
  const size = pageSizes.find((size) => size === perPage) ?? pageSizes[0];
  const query: Query = { ...queryFor(filter), limit: `${size}` };
  const key = JSON.stringify(query);
  // Page 1 discards the cursors, because new users shift the later pages.
  const cursors = (page > 1 ? cursorsSeen.get(key) : undefined) ?? [undefined];
  cursorsSeen.set(key, cursors);

  let answer: AnswerOf<"GET /api/v1/admin/users/">;
  let current = Math.min(page, cursors.length);
  for (let followed = 0; ; followed += 1) {
    const cursor = cursors[current - 1];
    answer = await signedRequest("GET /api/v1/admin/users/", {
      query: { ...query, ...(cursor && { cursor }) },
    });
    if (answer.next !== null && answer.results.length === 0 && followed < emptyPagesFollowed) {
      cursors[current - 1] = answer.next;
      continue;
    }
    if (answer.next !== null) cursors[current] = answer.next;
    if (current === page || answer.next === null) break;
    current += 1;
  }
  return {
    data: current === page ? answer.results : [],
    meta: { total: answer.approximate_total },
    pageInfo: { hasNextPage: answer.next !== null, hasPreviousPage: page > 1 },
  };
};
