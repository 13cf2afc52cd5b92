import * as z from "zod";
import { userEvent } from "../events/user-event.ts";
import { deadPosition } from "./dead-position.ts";
import { publishRecord, send, userIn, type PublishDeps } from "./publish-records.ts";
import type { readRecords } from "./stream-reader.ts";
import { positionOf } from "./stream-record.ts";

export const operatorRequest = z.union([
  /** `run` is new for each replay: SQS drops a webhook that it got within five minutes. */
  z.strictObject({ replay: z.object({ run: z.string().min(1), events: z.array(userEvent).max(100) }) }),
  z.strictObject({ redrive: deadPosition }),
]);
export type OperatorRequest = z.output<typeof operatorRequest>;

/** What the function answers. `gone`: the stream has forgotten the records. */
export const operatorAnswer = z.union([
  z.object({ outcome: z.literal("sent"), events: z.int() }),
  z.object({ outcome: z.literal("gone") }),
]);
export type OperatorAnswer = z.output<typeof operatorAnswer>;

const streamEvent = z.object({ Records: z.array(z.looseObject({})) });
const anyRequest = z.union([streamEvent, operatorRequest]);

/** The message of a parser would repeat what it has read. */
export const readRequest = (event: unknown): z.output<typeof anyRequest> => {
  const { success, data } = anyRequest.safeParse(event);
  if (!success) throw new Error("the event is neither of the stream nor of an operator");
  return data;
};

type Deps = PublishDeps & { readRecords: typeof readRecords };

export const answerOperator = async (request: OperatorRequest, deps: Deps): Promise<OperatorAnswer> => {
  if ("replay" in request) {
    const { run, events } = request.replay;
    await send(events, deps, `:${run}`);
    return { outcome: "sent", events: events.length };
  }
  const records = await deps.readRecords(request.redrive);
  if (records === "gone") return { outcome: "gone" };
  let events = 0;
  for (const record of records.filter((one) => userIn(positionOf(one)?.pk) !== undefined))
    events += (await publishRecord(record, deps)).length;
  return { outcome: "sent", events };
};
