// What Lambda gives to a function of a stream, what the function answers, and what Lambda puts into
// the dead letters: positions only.
import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Outcome } from "../lambda/execution-environment.ts";
import type { StreamMapping } from "./stream-mapping.ts";

export const streamRecord = z.looseObject({
  dynamodb: z.looseObject({ SequenceNumber: z.string(), ApproximateCreationDateTime: z.number() }),
});
export type StreamRecord = z.output<typeof streamRecord>;

const failuresSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

export const sequenceOf = ({ dynamodb }: StreamRecord): string => dynamodb.SequenceNumber;

/** The index of the record from which to try again, or the length if all is done. */
export const firstFailure = (
  records: readonly StreamRecord[],
  outcome: Outcome,
  reportsFailures: boolean,
): number => {
  if ("error" in outcome) return 0;
  if (!reportsFailures || outcome.payload === null || outcome.payload === undefined) return records.length;
  const parsed = failuresSchema.safeParse(outcome.payload);
  if (!parsed.success) return 0;
  const failed = (parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) =>
    records.findIndex((record) => sequenceOf(record) === itemIdentifier),
  );
  return failed.includes(-1) ? 0 : Math.min(records.length, ...failed);
};

type Given = { mapping: StreamMapping; streamArn: string; shardId: string; invocations: number };
type Condition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

const arrival = (record: StreamRecord | undefined): string =>
  new Date((record?.dynamodb.ApproximateCreationDateTime ?? 0) * 1000).toISOString();

export const deadLetter = (
  records: readonly StreamRecord[],
  condition: Condition,
  { mapping, streamArn, shardId, invocations }: Given,
) => {
  const [first, last] = [records[0], records.at(-1)];
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: mapping.functionName,
      condition,
      approximateInvokeCount: invocations,
    },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    version: "1.0",
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first && sequenceOf(first),
      endSequenceNumber: last && sequenceOf(last),
      approximateArrivalOfFirstRecord: arrival(first),
      approximateArrivalOfLastRecord: arrival(last),
      batchSize: records.length,
      streamArn,
    },
  };
};
