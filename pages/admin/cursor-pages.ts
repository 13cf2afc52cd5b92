// Maps react-admin's page numbers to the API's cursors, which are remembered per filter. A page
// without a known cursor (after a reload, for example) is reached from the nearest page before it.
import type { GetListParams } from "ra-core";
import type { AnswerOf, RequestOf } from "./api.ts";
import { signedRequest } from "./session.ts";

type Query = RequestOf<"GET /api/v1/admin/users/">["query"];

export const pageSizes = [25, 50, 100] as const;

/** The cursors of pages 1 (none), 2, 3 …, by filter and page size. */
const cursorsSeen = new Map<string, (string | undefined)[]>();

export const readPage = async ({ filter = {}, pagination }: GetListParams) => {
  const { page = 1, perPage = pageSizes[0] } = pagination ?? {};
  const size = pageSizes.find((size) => size === perPage) ?? pageSizes[0];
  const query: Query = { ...filter, limit: `${size}` };
  const key = JSON.stringify(query);
  // Page 1 discards the cursors, because new users shift the later pages.
  const cursors = (page > 1 ? cursorsSeen.get(key) : undefined) ?? [undefined];
  cursorsSeen.set(key, cursors);

  let answer: AnswerOf<"GET /api/v1/admin/users/">;
  let current = Math.min(page, cursors.length);
  for (;;) {
    const cursor = cursors[current - 1];
    answer = await signedRequest("GET /api/v1/admin/users/", {
      query: { ...query, ...(cursor && { cursor }) },
    });
    if (answer.next !== null) cursors[current] = answer.next;
    if (current === page || answer.next === null) break;
    current += 1;
  }
  return {
    data: current === page ? answer.results : [],
    pageInfo: { hasNextPage: answer.next !== null, hasPreviousPage: page > 1 },
  };
};
