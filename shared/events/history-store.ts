// The history of each account, and apart from it the acts of staff and operators. Records of the
// table's stream may come again and late, so every step here can be repeated in any order.
import { day, minute, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { batchDelete } from "../store/batch.ts";
import type { Item } from "../store/documents.ts";
import { conditionalWrite, readPages, transact } from "../store/dynamo.ts";
import { decodeCursor, encodeCursor } from "../store/list-indexes.ts";
import {
  actKey,
  deletedPlace,
  entryPlace,
  entryPrefix,
  eventsIn,
  historyItem,
  inOrder,
  personPk,
  placeForm,
  timePlace,
} from "./history-items.ts";
import type { UserEvent } from "./user-event.ts";

const actsKeptSeconds = 365 * day;
/** Of two writers, one clock may be behind the other. */
const clocksDifferBySeconds = minute;

type Page = { events: UserEvent[]; next: string | null };

export const historyStore = (clock: Clock = nowSeconds, table: string = variable("HISTORY_TABLE")) => {
  const keptSeconds = () => variable("HISTORY_DAYS") * day;

  const addAct = async (event: UserEvent): Promise<void> => {
    const by = event.actor?.by;
    if ((by !== "staff" && by !== "operator") || event.at + actsKeptSeconds <= clock()) return;
    await conditionalWrite({
      Put: {
        TableName: table,
        Item: { ...actKey(event), ...historyItem(event, actsKeptSeconds) },
        ConditionExpression: "attribute_not_exists(pk)",
      },
    });
  };

  const forget = async (userId: string, until: number): Promise<void> => {
    const query = {
      TableName: table,
      KeyConditionExpression: "pk = :pk AND place BETWEEN :first AND :last",
      ExpressionAttributeValues: {
        ":pk": personPk(userId),
        ":first": entryPrefix,
        ":last": `${timePlace(until)}~`,
      },
      ConsistentRead: true,
    };
    for await (const { items } of readPages({ Query: query }))
      await batchDelete(
        table,
        items.map(({ pk, place }) => ({ pk: String(pk), place: String(place) })),
      );
  };

  const addDeletion = async (event: UserEvent): Promise<void> => {
    await conditionalWrite({
      Put: {
        TableName: table,
        Item: { pk: personPk(event.userId), place: deletedPlace, ...historyItem(event, keptSeconds()) },
        ConditionExpression: "attribute_not_exists(pk) OR #at < :at",
        ExpressionAttributeNames: { "#at": "at" },
        ExpressionAttributeValues: { ":at": event.at },
      },
    });
    // Also if it is there already: an earlier attempt may have been interrupted here.
    await forget(event.userId, event.at + clocksDifferBySeconds);
  };

  // Deleted accounts can be imported again with their ids. Their new history begins after the old.
  const addEntry = async (event: UserEvent): Promise<void> => {
    const pk = personPk(event.userId);
    await transact([
      {
        ConditionCheck: {
          TableName: table,
          Key: { pk, place: deletedPlace },
          ConditionExpression: "attribute_not_exists(pk) OR #at < :before",
          ExpressionAttributeNames: { "#at": "at" },
          ExpressionAttributeValues: { ":before": event.at - clocksDifferBySeconds },
        },
      },
      {
        Put: {
          TableName: table,
          Item: { pk, place: entryPlace(event), ...historyItem(event, keptSeconds()) },
        },
      },
    ]);
  };

  const addOne = async (event: UserEvent): Promise<void> => {
    await addAct(event);
    if (event.at + keptSeconds() <= clock()) return;
    await (event.type === "user.deleted" ? addDeletion(event) : addEntry(event));
  };

  const entriesOf = (userId: string, more: { Limit?: number; ExclusiveStartKey?: Item }) =>
    readPages({
      Query: {
        TableName: table,
        KeyConditionExpression: "pk = :pk AND begins_with(place, :entries)",
        ExpressionAttributeValues: { ":pk": personPk(userId), ":entries": entryPrefix },
        ScanIndexForward: false,
        ...more,
      },
    });

  return {
    add: async (events: readonly UserEvent[]): Promise<void> => {
      const people = Map.groupBy(events, ({ userId }) => userId);
      await Promise.all(
        [...people.values()].map(async (own) => {
          for (const event of own) await addOne(event);
        }),
      );
    },

    page: async (
      userId: string,
      { limit, cursor }: { limit: number; cursor?: string | undefined },
    ): Promise<Page | "cursor_not_valid"> => {
      const after = cursor === undefined ? undefined : decodeCursor(cursor, placeForm);
      if (cursor !== undefined && after === undefined) return "cursor_not_valid";
      const start = after === undefined ? {} : { ExclusiveStartKey: { pk: personPk(userId), place: after } };
      const { value } = await entriesOf(userId, { Limit: limit, ...start }).next();
      const place = value?.next?.["place"];
      return {
        events: eventsIn(value?.items ?? [], clock()),
        next: typeof place === "string" ? encodeCursor(place) : null,
      };
    },

    all: async (userId: string): Promise<UserEvent[]> => {
      const events: UserEvent[] = [];
      for await (const { items } of entriesOf(userId, {})) events.push(...eventsIn(items, clock()));
      return events;
    },

    /** What happened since, in order for each person. A scan has a person's items side by side. */
    since: async function* (time: number): AsyncGenerator<UserEvent> {
      const scan = {
        TableName: table,
        ConsistentRead: true,
        FilterExpression: "begins_with(pk, :people) AND #at >= :time",
        ExpressionAttributeNames: { "#at": "at" },
        ExpressionAttributeValues: { ":people": personPk(""), ":time": time },
      };
      let own: UserEvent[] = [];
      for await (const { items } of readPages({ Scan: scan }))
        for (const event of eventsIn(items, clock())) {
          if (own[0] && own[0].userId !== event.userId) {
            yield* own.toSorted(inOrder);
            own = [];
          }
          own.push(event);
        }
      yield* own.toSorted(inOrder);
    },
  };
};

export type HistoryStore = ReturnType<typeof historyStore>;
