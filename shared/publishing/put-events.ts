import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { publicEvent, type UserEvent } from "../events/user-event.ts";
import { lean, leanJson1_1Options } from "../platform/aws-client.ts";
import { variable } from "../platform/environment.ts";
import { prepared } from "../platform/lazy.ts";

const client = prepared(() => lean(new EventBridgeClient(leanJson1_1Options)));
const mostAtOnce = 10;

const put = async (events: readonly UserEvent[]): Promise<void> => {
  const { FailedEntryCount = 0, Entries = [] } = await client().send(
    new PutEventsCommand({
      Entries: events.map((event) => ({
        EventBusName: variable("EVENT_BUS"),
        Source: "lit-auth",
        DetailType: event.type,
        // A rule sees EventBridge's own id, which is new for each try. This one is not.
        Resources: [event.id],
        Detail: JSON.stringify(publicEvent(event)),
      })),
    }),
  );
  if (FailedEntryCount === 0) return;
  const codes = new Set(Entries.flatMap(({ ErrorCode }) => ErrorCode ?? []));
  throw new Error(`the bus refused ${FailedEntryCount} of ${events.length} events: ${[...codes].join(", ")}`);
};

/** Part of it may have happened when it fails. Receivers know an event by its id. */
export const putOnBus = async (events: readonly UserEvent[]): Promise<void> => {
  for (let from = 0; from < events.length; from += mostAtOnce)
    await put(events.slice(from, from + mostAtOnce));
};
