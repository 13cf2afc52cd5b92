// A page takes one query per shard, merged, and one batch read of its people. The section "What it
// costs to list people" of docs/architecture.md has the numbers.
import * as z from "zod";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { batchRead } from "../store/batch.ts";
import { readPages } from "../store/dynamo.ts";
import {
  encodeCursor,
  idOfPlace,
  listedAttributes,
  listIndexes,
  listKey,
  personStates,
  shardCount,
  staffKey,
} from "../store/list-indexes.ts";
import { userPk } from "../store/user-items.ts";
import { placeIn, type ListOrder } from "./list-cursor.ts";
import { listedPerson, type ListedPerson } from "./person-fields.ts";
import { keyIn, searchFor, type Criteria, type Range, type Search } from "./person-search.ts";

export type ListRequest = Criteria & { cursor?: string | undefined; size: number };

/** People that one page reads at once, and how often, if its index answers the search partly. */
const [candidates, rounds] = [100, 5];

const indexItem = z.object({
  pk: z.string(),
  id: z.string().default(""),
  listDate: z.string().default(""),
  listAddress: z.string().default(""),
  usernameKey: z.string().default(""),
  expiresAt: z.int().optional(),
});
/** `place` is the person's position in the list, `pk` the key of their item. */
type Entry = { place: string; pk: string };

const partitionsOf = (state: ListRequest["state"]): string[] => {
  if (state === "staff") return [staffKey];
  const states = state === undefined ? personStates : [state];
  return states.flatMap((one) => Array.from({ length: shardCount }, (_, shard) => listKey(one, shard)));
};

// DynamoDB compares bytes, and JavaScript compares letters beyond U+FFFF otherwise.
const comesBefore: Record<ListOrder, (a: string, b: string) => boolean> = {
  date: (a, b) => a > b,
  address: (a, b) => a < b,
  username: (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0,
};

/** Registrations can have one username. An index keeps items of one key in no order. */
const sortTies = async function* (entries: AsyncIterable<Entry>): AsyncGenerator<Entry> {
  let ties: Entry[] = [];
  const sorted = () => ties.toSorted((a, b) => (a.place < b.place ? -1 : 1));
  for await (const entry of entries) {
    if (ties[0] && keyIn(ties[0].place) !== keyIn(entry.place)) {
      yield* sorted();
      ties = [];
    }
    ties.push(entry);
  }
  yield* sorted();
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

export const personList = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");
  const isAlive = ({ expiresAt }: { expiresAt?: number | undefined }) =>
    expiresAt === undefined || expiresAt > clock();

  type Reading = { search: Search; after: string | undefined; count: number };

  const readEntries = async function* (
    { search: { index, order, includes }, after, count }: Reading,
    partition: string,
    range: Range,
  ): AsyncGenerator<Entry> {
    const { partition: partitionName, sort } = listIndexes[index];
    const isBefore = comesBefore[order];
    const start = order === "username" && after !== undefined ? keyIn(after) : after;
    const from = order === "date" || start === undefined || isBefore(start, range.from) ? range.from : start;
    const to = order === "date" ? (after ?? range.to) : range.to;
    if (order !== "date" && isBefore(to, from)) return;
    const pages = readPages({
      Query: {
        TableName: table,
        IndexName: index,
        // Twice an even share of the four shards, so that a second query is rarely needed.
        Limit: Math.ceil((count + 1) / 2),
        KeyConditionExpression: "#partition = :partition AND #sort BETWEEN :from AND :to",
        ProjectionExpression: `pk, #sort, expiresAt${order === "username" ? ", id" : ""}`,
        ExpressionAttributeNames: { "#partition": partitionName, "#sort": sort },
        ExpressionAttributeValues: { ":partition": partition, ":from": from, ":to": to },
        ScanIndexForward: order !== "date",
      },
    });
    for await (const { items } of pages)
      for (const item of items.map((one) => indexItem.parse(one))) {
        const place = order === "username" ? `${item.usernameKey}#${item.id}` : item[sort];
        // The range includes its own limits, and the last page showed the person at `after`.
        const isNext = after === undefined || isBefore(after, place);
        if (isNext && isAlive(item) && includes(place)) yield { place, pk: item.pk };
      }
  };

  const readPeople = async (entries: Entry[]): Promise<{ place: string; person: ListedPerson }[]> => {
    if (entries.length === 0) return [];
    // Two entries can have one key, because a repeated registration keeps its address's key.
    const keys = [...new Set(entries.map(({ pk }) => pk))].map((pk) => ({ pk }));
    const { [table]: items = [] } = await batchRead({ [table]: keys }, { attributes: listedAttributes });
    const people = items.map((item) => listedPerson.parse(item));
    const peopleById = new Map(people.map((person) => [person.id, person]));
    return entries.flatMap(({ place }) => {
      const person = peopleById.get(idOfPlace(place));
      return person ? [{ place, person }] : [];
    });
  };

  const readRound = async (partitions: string[], reading: Reading) => {
    const { search, count } = reading;
    const sources = partitions.flatMap((partition) =>
      search.ranges.map((range) => readEntries(reading, partition, range)),
    );
    const sorted = search.order === "username" ? sources.map(sortTies) : sources;
    const entries = await merge(sorted, comesBefore[search.order], count + 1);
    const read = await readPeople(entries.slice(0, count));
    return {
      found: read.filter(({ person }) => isAlive(person) && search.matches(person)),
      last: entries.length > count ? entries[count - 1]?.place : undefined,
    };
  };

  return {
    /**
     * A page can be shorter than `size`, because people who left the list between the two reads are
     * omitted. The cursor comes from the index, so that no one else is skipped.
     */
    page: async ({
      cursor,
      size,
      ...criteria
    }: ListRequest): Promise<{ people: ListedPerson[]; next: string | null } | "cursor_not_valid"> => {
      const search = searchFor(criteria);
      let after = cursor === undefined ? undefined : placeIn(cursor, search.order);
      // Also refuses a cursor of another search.
      if (cursor !== undefined && (after === undefined || !search.includes(after))) return "cursor_not_valid";

      const count = search.isPartly ? candidates : size;
      const found: { place: string; person: ListedPerson }[] = [];
      for (let round = 0; round < (search.isPartly ? rounds : 1) && found.length < size; round += 1) {
        const read = await readRound(partitionsOf(criteria.state), { search, after, count });
        found.push(...read.found);
        after = read.last;
        if (after === undefined) break;
      }
      const shown = found.slice(0, size);
      const last = found.length > size ? shown.at(-1)?.place : after;
      return {
        people: shown.map(({ person }) => person),
        next: last === undefined ? null : encodeCursor(last),
      };
    },
  };
};

export type PersonList = ReturnType<typeof personList>;
