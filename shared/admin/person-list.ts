/**
 * Lists of people, by date or by address, a page at a time: one query per shard, side by side, merged.
 *
 * What each admin call costs at a million users, which is what it costs at a hundred: reads go by key, and a page of 25 asks
 * each shard for 13 entries (300 to 500 bytes each), for more only where the shards are uneven or registrations have expired.
 * Before each comes one call that reads the caller and the session (2 units). Units: read (4 KB, half if from an index) and write
 * (1 KB; each of the two or, for staff, four indexes that show a changed attribute adds one or two).
 *
 * | Call                               | Calls after another (in all)   | Read units       | Write units       |
 * | ---------------------------------- | ------------------------------ | ---------------- | ----------------- |
 * | listUsers, one state, 25 (100)     | 1 (4 queries)                  | 2 to 4 (8 to 14) | 0                 |
 * | listUsers, every state, 25 (100)   | 1 (12 queries)                 | 6 to 12 (24, 42) | 0                 |
 * | listUsers, staff                   | 1 (1 query)                    | 0.5 to 1         | 0                 |
 * | listUsers, username                | 2                              | 2                | 0                 |
 * | getUser                            | 1; a registration 2            | 2 or 3           | 0                 |
 * | updateUser                         | 2; rank 5 with the queue       | 4                | 4; 8 with a name  |
 * | deleteUser                         | 4; a registration 3            | 4 and sessions   | 10 and sessions   |
 * | sendCode                           | 4 with the queue               | 3                | 1                 |
 * | unlockUser                         | 2 (5)                          | 2                | 4                 |
 * | listUserSessions                   | 2                              | 2 and 1 per 4 KB | 0                 |
 * | endUserSessions                    | 2                              | 2                | 1                 |
 */
import { paginateQuery } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { isAddress, normaliseAddress } from "../identity/email-address.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { dynamo } from "../store/dynamo.ts";
import {
  listIndexes,
  listKey,
  personStates,
  shardCount,
  staffKey,
  type PersonState,
} from "../store/list-indexes.ts";
import { decodeCursor, encodeCursor } from "./list-cursor.ts";
import type { ListedPerson } from "./person-fields.ts";

export type ListRequest = {
  state?: PersonState | "staff" | undefined;
  /** Beginning of an address. With it the list is in the order of addresses, else the newest come first. */
  addressPrefix?: string | undefined;
  cursor?: string | undefined;
  size: number;
};

const listedItem = z.object({
  id: z.string(),
  username: z.string(),
  email: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  status: z.enum(["active", "disabled"]).optional(),
  isStaff: z.boolean().optional(),
  createdAt: z.int(),
  expiresAt: z.int().optional(),
  /** Each index has one of them. */
  listDate: z.string().default(""),
  listAddress: z.string().default(""),
});
type ListedItem = z.output<typeof listedItem>;

const partitionsOf = (state: ListRequest["state"]): string[] => {
  if (state === "staff") return [staffKey];
  const states = state === undefined ? personStates : [state];
  return states.flatMap((one) => Array.from({ length: shardCount }, (_, shard) => listKey(one, shard)));
};

/** Takes the first of all heads until there are `count`. Sources are asked side by side first, then as they run out. */
const merge = async <T>(
  sources: AsyncIterator<T>[],
  comesBefore: (a: T, b: T) => boolean,
  count: number,
): Promise<T[]> => {
  const heads = await Promise.all(sources.map((source) => source.next()));
  const merged: T[] = [];
  while (merged.length < count) {
    let first: { index: number; value: T } | undefined;
    for (const [index, head] of heads.entries())
      if (!head.done && (first === undefined || comesBefore(head.value, first.value)))
        first = { index, value: head.value };
    if (first === undefined) break;
    merged.push(first.value);
    const next = await sources[first.index]?.next();
    if (next) heads[first.index] = next;
  }
  return merged;
};

// Addresses are printable ASCII: this comes after all of them that begin alike, and a space before all that come later.
const afterAll = "\u007f";
const justAfter = " ";

export const personList = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  /** The living people of one partition, in order, read as far as they are taken. */
  const read = async function* (
    query: {
      index: keyof typeof listIndexes;
      condition: string;
      values: Record<string, string>;
      size: number;
    },
    partition: string,
  ): AsyncGenerator<ListedItem> {
    const { partition: partitionName, sort } = listIndexes[query.index];
    const byDate = sort === "listDate";
    const pages = paginateQuery(
      // Twice what an even share would be: seldom is a second query needed.
      { client: dynamo(), pageSize: Math.ceil((query.size + 1) / 2) },
      {
        TableName: table,
        IndexName: query.index,
        KeyConditionExpression: `#partition = :partition${query.condition}`,
        ExpressionAttributeNames: {
          "#partition": partitionName,
          ...(query.condition !== "" && { "#sort": sort }),
        },
        ExpressionAttributeValues: { ":partition": partition, ...query.values },
        ScanIndexForward: !byDate,
      },
    );
    for await (const { Items = [] } of pages)
      for (const item of Items.map((one) => listedItem.parse(one)))
        if (item.expiresAt === undefined || item.expiresAt > clock()) yield item;
  };

  const rangeOf = (prefix: string, place: string | undefined) => {
    if (prefix !== "") {
      const from = place === undefined ? prefix : place + justAfter;
      return {
        condition: " AND #sort BETWEEN :from AND :to",
        values: { ":from": from, ":to": prefix + afterAll },
      };
    }
    if (place === undefined) return { condition: "", values: {} };
    return { condition: " AND #sort < :place", values: { ":place": place } };
  };

  return {
    /** A page, and the cursor of the next one if there is one. */
    page: async ({
      state,
      addressPrefix = "",
      cursor,
      size,
    }: ListRequest): Promise<{ people: ListedPerson[]; next: string | null } | "cursor_not_valid"> => {
      const prefix = isAddress(addressPrefix) ? normaliseAddress(addressPrefix) : addressPrefix.toLowerCase();
      const order = prefix === "" ? "date" : "address";
      const place = cursor === undefined ? undefined : decodeCursor(cursor, order);
      if (cursor !== undefined && place?.startsWith(prefix) !== true) return "cursor_not_valid";

      const sort = order === "date" ? "listDate" : "listAddress";
      const index =
        `${state === "staff" ? "Staff" : ""}${order === "date" ? "ByDate" : "ByAddress"}` as const;
      const query = { index, size, ...rangeOf(prefix, place) };
      const people = await merge(
        partitionsOf(state).map((partition) => read(query, partition)),
        (a, b) => (order === "date" ? a[sort] > b[sort] : a[sort] < b[sort]),
        size + 1,
      );
      const last = people.length > size ? people[size - 1] : undefined;
      return { people: people.slice(0, size), next: last ? encodeCursor(last[sort]) : null };
    },
  };
};

export type PersonList = ReturnType<typeof personList>;
