/**
 * Lists of people, by date or by address, a page at a time: one query per shard, side by side and
 * merged, then one batch that reads the people of the page as they are.
 * docs/architecture.md says what it costs.
 */
import { paginateQuery } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { isAddress, normaliseAddress } from "../identity/email-address.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { batchRead } from "../store/batch.ts";
import { dynamo } from "../store/dynamo.ts";
import {
  idOfPlace,
  listedAttributes,
  listIndexes,
  listKey,
  personStates,
  shardCount,
  staffKey,
  type PersonState,
} from "../store/list-indexes.ts";
import { userPk } from "../store/user-items.ts";
import { decodeCursor, encodeCursor } from "./list-cursor.ts";
import { listedPerson, stateOf, type ListedPerson } from "./person-fields.ts";

export type ListRequest = {
  state?: PersonState | "staff" | undefined;
  /** Beginning of an address. With it the list is in the order of addresses, else the newest come first. */
  addressPrefix?: string | undefined;
  cursor?: string | undefined;
  size: number;
};

/** Each index has one of the two sort attributes. */
const indexItem = z.object({
  pk: z.string(),
  listDate: z.string().default(""),
  listAddress: z.string().default(""),
  expiresAt: z.int().optional(),
});
/** Where somebody stands in the list, and where the rest of them lies. */
type Entry = { place: string; pk: string };

const partitionsOf = (state: ListRequest["state"]): string[] => {
  if (state === "staff") return [staffKey];
  const states = state === undefined ? personStates : [state];
  return states.flatMap((one) => Array.from({ length: shardCount }, (_, shard) => listKey(one, shard)));
};

/**
 * Takes the first of all heads until there are `count` people. Sources are asked side by side
 * first, then as they run out. Somebody who moves while they are read can stand in two of them:
 * they keep the first place, and an account stands for the registration that it was.
 */
const merge = async (
  sources: AsyncIterator<Entry>[],
  comesBefore: (a: string, b: string) => boolean,
  count: number,
): Promise<Entry[]> => {
  const heads = await Promise.all(sources.map((source) => source.next()));
  const merged = new Map<string, Entry>();
  while (merged.size < count) {
    let first: { index: number; value: Entry } | undefined;
    for (const [index, head] of heads.entries())
      if (!head.done && (first === undefined || comesBefore(head.value.place, first.value.place)))
        first = { index, value: head.value };
    if (first === undefined) break;
    const { place, pk } = first.value;
    const id = idOfPlace(place);
    const known = merged.get(id);
    if (known === undefined || pk === userPk(id)) merged.set(id, { place: known?.place ?? place, pk });
    const next = await sources[first.index]?.next();
    if (next) heads[first.index] = next;
  }
  return [...merged.values()];
};

// Addresses are printable ASCII: this comes after all of them that begin alike, and a space before all that come later.
const afterAll = "\u007f";
const justAfter = " ";

export const personList = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");
  const isAlive = ({ expiresAt }: { expiresAt?: number | undefined }) =>
    expiresAt === undefined || expiresAt > clock();

  /** The living entries of one partition, in order, read as far as they are taken. */
  const readEntries = async function* (
    query: {
      index: keyof typeof listIndexes;
      condition: string;
      values: Record<string, string>;
      size: number;
    },
    partition: string,
  ): AsyncGenerator<Entry> {
    const { partition: partitionName, sort } = listIndexes[query.index];
    const pages = paginateQuery(
      // Twice what an even share would be: seldom is a second query needed.
      { client: dynamo(), pageSize: Math.ceil((query.size + 1) / 2) },
      {
        TableName: table,
        IndexName: query.index,
        KeyConditionExpression: `#partition = :partition${query.condition}`,
        ProjectionExpression: "pk, #sort, expiresAt",
        ExpressionAttributeNames: { "#partition": partitionName, "#sort": sort },
        ExpressionAttributeValues: { ":partition": partition, ...query.values },
        ScanIndexForward: sort === "listAddress",
      },
    );
    for await (const { Items = [] } of pages)
      for (const item of Items.map((one) => indexItem.parse(one)))
        if (isAlive(item)) yield { place: item[sort], pk: item.pk };
  };

  /** The people of a page as they are now, in its order, without those who are gone. */
  const readPeople = async (entries: Entry[]): Promise<ListedPerson[]> => {
    if (entries.length === 0) return [];
    // An address that is registered again keeps its key, so two entries can have one.
    const keys = [...new Set(entries.map(({ pk }) => pk))].map((pk) => ({ pk }));
    const { [table]: items = [] } = await batchRead({ [table]: keys }, listedAttributes);
    const people = items.map((item) => listedPerson.parse(item));
    const peopleById = new Map(people.map((person) => [person.id, person]));
    return entries.flatMap(({ place }) => peopleById.get(idOfPlace(place)) ?? []);
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
    /**
     * A page, and the cursor of the next one if there is one. Whoever left the list between the two
     * reads is left out, so a page can be shorter than asked for; the cursor comes from the index,
     * so nobody else is.
     */
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

      const index =
        `${state === "staff" ? "Staff" : ""}${order === "date" ? "ByDate" : "ByAddress"}` as const;
      const query = { index, size, ...rangeOf(prefix, place) };
      const entries = await merge(
        partitionsOf(state).map((partition) => readEntries(query, partition)),
        (a, b) => (order === "date" ? a > b : a < b),
        size + 1,
      );
      const people = await readPeople(entries.slice(0, size));
      const last = entries.length > size ? entries[size - 1] : undefined;
      return {
        people: people.filter(
          (person) =>
            isAlive(person) &&
            (state === "staff" ? person.isStaff : state === undefined || stateOf(person) === state) &&
            normaliseAddress(person.email).startsWith(prefix),
        ),
        next: last ? encodeCursor(last.place) : null,
      };
    },
  };
};

export type PersonList = ReturnType<typeof personList>;
