// Reads records of the stream again, which Lambda has given up. The stream keeps them for 24 hours.
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type Shard,
} from "@aws-sdk/client-dynamodb-streams";
import { lean, leanJsonOptions } from "../platform/aws-client.ts";
import { lazy } from "../platform/lazy.ts";
import type { DeadPosition } from "./dead-position.ts";

/** As Lambda passes it on. What is in it is checked where it is read. */
export type StreamRecord = object;

const client = lazy(() => lean(new DynamoDBStreamsClient(leanJsonOptions)));
const goneErrors = new Set(["TrimmedDataAccessException", "ResourceNotFoundException"]);

const numberOf = (sequenceNumber: string): bigint => BigInt(sequenceNumber);

const shardsOf = async (StreamArn: string): Promise<Shard[]> => {
  const shards: Shard[] = [];
  let ExclusiveStartShardId: string | undefined;
  do {
    const { StreamDescription } = await client().send(
      new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId }),
    );
    shards.push(...(StreamDescription?.Shards ?? []));
    ExclusiveStartShardId = StreamDescription?.LastEvaluatedShardId;
  } while (ExclusiveStartShardId !== undefined);
  return shards;
};

/** Our own positions name no shard: a function is not told it. */
const mayHold = (
  { SequenceNumberRange: { StartingSequenceNumber: first, EndingSequenceNumber: last } = {} }: Shard,
  at: bigint,
): boolean => (first === undefined || numberOf(first) <= at) && (last === undefined || at <= numberOf(last));

const recordsOf = async (
  { StreamArn, ShardId, from, to }: { StreamArn: string; ShardId: string; from: string; to: string },
  found: StreamRecord[],
): Promise<void> => {
  let { ShardIterator } = await client().send(
    new GetShardIteratorCommand({
      StreamArn,
      ShardId,
      ShardIteratorType: "AT_SEQUENCE_NUMBER",
      SequenceNumber: from,
    }),
  );
  while (ShardIterator !== undefined) {
    const page = await client().send(new GetRecordsCommand({ ShardIterator, Limit: 100 }));
    const { Records = [] } = page;
    for (const record of Records) {
      const at = numberOf(record.dynamodb?.SequenceNumber ?? "0");
      if (at > numberOf(to)) return;
      if (at >= numberOf(from)) found.push({ ...record, eventSourceARN: StreamArn });
      if (at === numberOf(to)) return;
    }
    if (Records.length === 0) return;
    ShardIterator = page.NextShardIterator;
  }
};

/** Returns `gone` if the stream has none of them any more. */
export const readRecords = async ({
  DDBStreamBatchInfo: position,
}: DeadPosition): Promise<StreamRecord[] | "gone"> => {
  const { streamArn: StreamArn, startSequenceNumber: from, endSequenceNumber: to } = position;
  const found: StreamRecord[] = [];
  try {
    const shardIds =
      position.shardId === undefined
        ? (await shardsOf(StreamArn)).filter((shard) => mayHold(shard, numberOf(from))).map((s) => s.ShardId)
        : [position.shardId];
    for (const ShardId of shardIds)
      if (ShardId !== undefined) await recordsOf({ StreamArn, ShardId, from, to }, found);
  } catch (error) {
    if (error instanceof Error && goneErrors.has(error.name)) return "gone";
    throw error;
  }
  return found.length === 0 ? "gone" : found;
};
