import type { StreamRecord } from "./stream-reader.ts";
import { eventsOf } from "../events/derive-events.ts";
import type { HistoryStore } from "../events/history-store.ts";
import type { UserEvent } from "../events/user-event.ts";
import { describeError, type logError } from "../platform/logger.ts";
import type { countMetric } from "../platform/metrics.ts";
import type { Item } from "../store/documents.ts";
import { keyOf } from "../store/item-kinds.ts";
import type { putPositionAside } from "./dead-position.ts";
import type { putOnBus } from "./put-events.ts";
import { changeIn, positionOf, type RecordChange } from "./stream-record.ts";

export type PublishDeps = {
  history: Pick<HistoryStore, "add">;
  readGoodbye: (userId: string) => Promise<Item | undefined>;
  putOnBus: typeof putOnBus;
  enqueueWebhook: ((event: UserEvent, replay?: string) => Promise<void>) | undefined;
  putPositionAside: typeof putPositionAside;
  countMetric: typeof countMetric;
  logError: typeof logError;
};

export const send = async (
  events: readonly UserEvent[],
  { putOnBus, enqueueWebhook }: Pick<PublishDeps, "putOnBus" | "enqueueWebhook">,
  replay = "",
): Promise<void> => {
  if (events.length > 0) await putOnBus(events);
  // One after another: a batch of SQS may fail in part, and then a person's order would change.
  for (const event of events) await enqueueWebhook?.(event, replay);
};

const userPrefix = keyOf("user", "");
export const userIn = (pk: string | undefined): string | undefined =>
  pk?.startsWith(userPrefix) ? pk.slice(userPrefix.length) : undefined;

const isDeletion = ({ newImage }: RecordChange): boolean => newImage === undefined;

const derive = async (change: RecordChange, userId: string, deps: PublishDeps) => {
  const deletion = isDeletion(change) ? await deps.readGoodbye(userId) : undefined;
  return eventsOf({ ...change, deletion });
};

/** A record that isn't understood must not hold back the others, and must not get lost. */
const putAside = async (position: ReturnType<typeof positionOf>, deps: PublishDeps): Promise<void> => {
  if (position === undefined) throw new Error("a record of the stream has no position");
  const userId = userIn(position.pk);
  await deps.putPositionAside({ ...position, userId });
  deps.countMetric("EventNotUnderstood");
  deps.logError("a record of the stream was not understood", { userId, outcome: "put_aside" });
};

export const publishRecord = async (record: StreamRecord, deps: PublishDeps): Promise<UserEvent[]> => {
  const position = positionOf(record);
  const userId = userIn(position?.pk);
  const change = changeIn(record);
  if (change === undefined || userId === undefined) {
    await putAside(position, deps);
    return [];
  }
  const events = await derive(change, userId, deps);
  if (events.length > 0) await deps.history.add(events);
  await send(events, deps);
  return events;
};

type Failures = { batchItemFailures: { itemIdentifier: string }[] };

/** In the order of the stream. After a failure, Lambda calls again from there. */
export const publishRecords = async (
  records: readonly StreamRecord[],
  deps: PublishDeps,
): Promise<Failures> => {
  for (const record of records)
    try {
      await publishRecord(record, deps);
    } catch (error) {
      deps.logError("events failed", { error: describeError(error) });
      const itemIdentifier = positionOf(record)?.sequenceNumber;
      if (itemIdentifier === undefined) throw error;
      return { batchItemFailures: [{ itemIdentifier }] };
    }
  return { batchItemFailures: [] };
};
