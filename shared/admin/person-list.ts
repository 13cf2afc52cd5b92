// A page takes one query per shard, merged, and one batch read of its people. The section "What it
// costs to list people" of docs/architecture.md has the numbers.
import * as z from "zod";
import { isAddress, normaliseAddress } from "../identity/email-address.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { batchRead } from "../store/batch.ts";
import { readPages } from "../store/dynamo.ts";
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
  /** With a prefix, the list is sorted by address. Without one, the newest people come first. */
  addressPrefix?: string | undefined;
  cursor?: string | undefined;
  size: number;
};

const indexItem = z.object({
  pk: z.string(),
  listDate: z.string().default(""),
  listAddress: z.string().default(""),
  expiresAt: z.int().optional(),
});
/** `place` is the person's position in the list, `pk` the key of their item. */
type Entry = { place: string; pk: string };

const partitionsOf = (state: ListRequest["state"]): string[] => {
  if (state === "staff") return [staffKey];
  const states = state === undefined ? personStates : [state];
  return states.flatMap((one) => Array.from({ length: shardCount }, (_, shard) => listKey(one, shard)));
};

// Someone can occur in two sources, if their state changes during the read. They keep the first
// place, and an account replaces its registration.
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

// Addresses are printable ASCII, so DEL sorts after all their characters and a space before them.
const afterAll = "\u007f";
const justAfter = " ";

export const personList = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");
  const isAlive = ({ expiresAt }: { expiresAt?: number | undefined }) =>
    expiresAt === undefined || expiresAt > clock();

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
    const pages = readPages({
      Query: {
        TableName: table,
        IndexName: query.index,
        // Twice an even share of the four shards, so that a second query is rarely needed.
        Limit: Math.ceil((query.size + 1) / 2),
        KeyConditionExpression: `#partition = :partition${query.condition}`,
        ProjectionExpression: "pk, #sort, expiresAt",
        ExpressionAttributeNames: { "#partition": partitionName, "#sort": sort },
        ExpressionAttributeValues: { ":partition": partition, ...query.values },
        ScanIndexForward: sort === "listAddress",
      },
    });
    for await (const { items } of pages)
      for (const item of items.map((one) => indexItem.parse(one)))
        if (isAlive(item)) yield { place: item[sort], pk: item.pk };
  };

  const readPeople = async (entries: Entry[]): Promise<ListedPerson[]> => {
    if (entries.length === 0) return [];
    // Two entries can have one key, because a repeated registration keeps its address's key.
    const keys = [...new Set(entries.map(({ pk }) => pk))].map((pk) => ({ pk }));
    const { [table]: items = [] } = await batchRead({ [table]: keys }, { attributes: listedAttributes });
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
     * A page can be shorter than `size`, because people who left the list between the two reads are
     * omitted. The cursor comes from the index, so that no one else is skipped.
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
      // Also refuses a cursor of another search.
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
