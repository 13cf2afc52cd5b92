// Answers calls of DynamoDB Streams from the engine's. Engines differ from AWS and from each other
// in regions, ids and the length of sequence numbers, and record writes that change nothing.
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import { accountId, region } from "../aws/local-account.ts";
import { ServiceError } from "../aws/service-error.ts";

export type EngineCall = (
  service: "dynamodb" | "dynamodbstreams",
  operation: string,
  parameters: Record<string, unknown>,
) => Promise<Record<string, unknown>>;

const digitsOfSequenceNumber = 21;
const separator = "|1|";

const image = z.record(z.string(), z.unknown()).optional();
const record = z.looseObject({
  dynamodb: z.looseObject({ OldImage: image, NewImage: image, SequenceNumber: z.string() }),
});
const page = z.looseObject({ Records: z.array(record).default([]), NextShardIterator: z.string().nullish() });
const range = z.looseObject({
  StartingSequenceNumber: z.string().optional(),
  EndingSequenceNumber: z.string().optional(),
});
const description = z.looseObject({
  StreamDescription: z.looseObject({
    StreamArn: z.string(),
    Shards: z.array(z.looseObject({ SequenceNumberRange: range.default({}) })).default([]),
  }),
});
const table = z.looseObject({ Table: z.looseObject({ LatestStreamArn: z.string().optional() }) });
const iterator = z.looseObject({ ShardIterator: z.string() });
const texts = z.record(z.string(), z.unknown());

const padded = (sequenceNumber: string): string => sequenceNumber.padStart(digitsOfSequenceNumber, "0");
const asOnAws = (engineArn: string): string =>
  engineArn.replace(/^arn:aws:dynamodb:[^:]*:[^:]*:/, `arn:aws:dynamodb:${region}:${accountId}:`);

const changesSomething = ({ dynamodb: { OldImage, NewImage } }: z.output<typeof record>): boolean =>
  OldImage === undefined || !isDeepStrictEqual(OldImage, NewImage);

const normalised = (streamArn: string, found: z.output<typeof record>) => {
  const SequenceNumber = padded(found.dynamodb.SequenceNumber);
  const eventID = createHash("sha256").update(`${streamArn} ${SequenceNumber}`).digest("hex").slice(0, 32);
  return { ...found, eventID, awsRegion: region, dynamodb: { ...found.dynamodb, SequenceNumber } };
};

/** A shard that is open has no end on AWS. */
const openRange = ({ StartingSequenceNumber: first }: z.output<typeof range>) => ({
  ...(first !== undefined && { StartingSequenceNumber: padded(first) }),
});

export const createStreamCalls = (callEngine: EngineCall) => {
  const engineArnOf = async (arn: string): Promise<string> => {
    const [, TableName = "", label = ""] = /:table\/([^/]+)\/stream\/(.+)$/s.exec(arn) ?? [];
    const { Table } = table.parse(await callEngine("dynamodb", "DescribeTable", { TableName }));
    const { LatestStreamArn: latest = "" } = Table;
    // The templates call the stream of now `local`.
    if (latest !== "" && (label === "local" || latest.endsWith(`/stream/${label}`))) return latest;
    throw new ServiceError(
      "ResourceNotFoundException",
      `Requested resource not found: Stream: ${arn} not found`,
    );
  };

  const describe = async (parameters: Record<string, unknown>) => {
    const StreamArn = await engineArnOf(String(parameters["StreamArn"]));
    const { StreamDescription: found } = description.parse(
      await callEngine("dynamodbstreams", "DescribeStream", { ...parameters, StreamArn }),
    );
    const Shards = found.Shards.map((shard) => ({
      ...shard,
      SequenceNumberRange: openRange(shard.SequenceNumberRange),
    }));
    return { StreamDescription: { ...found, StreamArn: asOnAws(found.StreamArn), Shards } };
  };

  const iterate = async (parameters: Record<string, unknown>) => {
    const StreamArn = await engineArnOf(String(parameters["StreamArn"]));
    const { ShardIterator } = iterator.parse(
      await callEngine("dynamodbstreams", "GetShardIterator", { ...parameters, StreamArn }),
    );
    return { ShardIterator: `${asOnAws(StreamArn)}${separator}${ShardIterator}` };
  };

  const read = async (parameters: Record<string, unknown>) => {
    const given = String(parameters["ShardIterator"]);
    const at = given.indexOf(separator);
    if (at === -1) throw new ServiceError("ValidationException", "Invalid ShardIterator");
    const streamArn = given.slice(0, at);
    let ShardIterator: string | null | undefined = given.slice(at + separator.length);
    let read: z.output<typeof page>;
    let changes: z.output<typeof page>["Records"];
    do {
      read = page.parse(await callEngine("dynamodbstreams", "GetRecords", { ...parameters, ShardIterator }));
      changes = read.Records.filter(changesSomething);
      ShardIterator = read.NextShardIterator;
      // An empty page would look like the end.
    } while (changes.length === 0 && read.Records.length > 0 && ShardIterator);
    return {
      Records: changes.map((found) => normalised(streamArn, found)),
      ...(ShardIterator && { NextShardIterator: `${streamArn}${separator}${ShardIterator}` }),
    };
  };

  const calls: Record<string, (parameters: Record<string, unknown>) => Promise<unknown>> = {
    DescribeStream: describe,
    GetShardIterator: iterate,
    GetRecords: read,
  };
  return {
    isStreamCall: (operation: string): boolean => operation in calls,
    call: async (operation: string, parameters: unknown): Promise<unknown> =>
      calls[operation]?.(texts.parse(parameters)),
  };
};
export type StreamCalls = ReturnType<typeof createStreamCalls>;
