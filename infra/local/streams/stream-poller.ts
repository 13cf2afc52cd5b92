// Reads a stream shard by shard, parents before their children, from where the last run ended.
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import { AwsRequestError } from "../aws/aws-request.ts";
import type { Poller } from "../lambda/queue-poller.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { createRecordBatches, type BatchDeps } from "./record-batches.ts";
import type { StreamMapping } from "./stream-mapping.ts";
import { sequenceOf, streamRecord, type StreamRecord } from "./stream-event.ts";

/** The engine itself writes only when items expire. All other writes wake the poller. */
const idleMilliseconds = 5_000;
/** Writes that follow each other come in one batch. */
const gatherMilliseconds = 20;
const pauseAfterErrorMilliseconds = 1_000;
const mostRecords = 100;

const description = z.object({
  StreamDescription: z.object({
    StreamArn: z.string(),
    Shards: z.array(z.object({ ShardId: z.string(), ParentShardId: z.string().optional() })),
  }),
});
const iterator = z.object({ ShardIterator: z.string() });
const page = z.object({ Records: z.array(streamRecord), NextShardIterator: z.string().optional() });

type Deps = Pick<BatchDeps, "invoke" | "sendDeadLetter"> & {
  callStreams: (operation: string, parameters: Record<string, unknown>) => Promise<unknown>;
  checkpoints: Checkpoints;
  onError: (message: string) => void;
};
type Shard = { streamArn: string; shardId: string; name: string; parent: string | undefined };

export type StreamPoller = Poller & { wake: () => void; caughtUp: () => Promise<void> };

export const startStreamPoller = (mapping: StreamMapping, deps: Deps): StreamPoller => {
  const { invoke, sendDeadLetter, callStreams, checkpoints, onError } = deps;
  const stopping = new AbortController();
  const { signal } = stopping;
  const iterators = new Map<string, string>();
  const finished = new Set<string>();
  let shards: Shard[] = [];
  let woken = Promise.withResolvers<void>();
  let wasWritten = true;
  let isCaughtUp = false;
  let caughtUp = Promise.withResolvers<void>();

  const findShards = async (): Promise<void> => {
    const { StreamDescription: found } = description.parse(
      await callStreams("DescribeStream", { StreamArn: mapping.streamArn }),
    );
    const { StreamArn: streamArn } = found;
    shards = found.Shards.map(({ ShardId: shardId, ParentShardId: parent }) => ({
      streamArn,
      shardId,
      parent,
      name: `${mapping.functionName} ${streamArn} ${shardId}`,
    }));
    checkpoints.keepOnly(
      `${mapping.functionName} `,
      shards.map(({ name }) => name),
    );
  };

  const newIterator = async ({ streamArn: StreamArn, shardId: ShardId, name }: Shard): Promise<string> => {
    const ask = async (parameters: Record<string, unknown>) =>
      iterator.parse(await callStreams("GetShardIterator", { StreamArn, ShardId, ...parameters }));
    const start = { ShardIteratorType: mapping.fromStart ? "TRIM_HORIZON" : "LATEST" };
    const SequenceNumber = checkpoints.at(name);
    if (SequenceNumber === undefined) return (await ask(start)).ShardIterator;
    try {
      const { ShardIterator } = await ask({ ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber });
      return ShardIterator;
    } catch (error) {
      if (!(error instanceof AwsRequestError)) throw error;
      // The position is older than the stream, or of other data. All that is left is read again.
      onError(`${name}: ${error.message}`);
      return (await ask({ ShardIteratorType: "TRIM_HORIZON" })).ShardIterator;
    }
  };

  const drain = async (shard: Shard): Promise<void> => {
    const { name } = shard;
    const done = (sequenceNumber: string) => checkpoints.save(name, sequenceNumber);
    const processAll = createRecordBatches(mapping, shard, { invoke, sendDeadLetter, done, signal });
    const wanted = (records: StreamRecord[]) => records.filter((record) => mapping.wants(record));
    while (!signal.aborted) {
      const ShardIterator = iterators.get(name) ?? (await newIterator(shard));
      const read = page.parse(await callStreams("GetRecords", { ShardIterator, Limit: mostRecords }));
      await processAll(wanted(read.Records));
      const last = read.Records.at(-1);
      if (last) done(sequenceOf(last));
      if (read.NextShardIterator === undefined) return void finished.add(name);
      iterators.set(name, read.NextShardIterator);
      if (read.Records.length === 0) return;
    }
  };

  const round = async (): Promise<void> => {
    const isOpen = ({ name }: Shard) => !finished.has(name);
    if (!shards.some(isOpen)) await findShards();
    const waitsForParent = ({ parent }: Shard) =>
      shards.some((other) => other.shardId === parent && isOpen(other));
    for (;;) {
      const ready = shards.filter((shard) => isOpen(shard) && !waitsForParent(shard));
      for (const shard of ready) await drain(shard);
      if (!ready.some((shard) => !isOpen(shard)) || signal.aborted) return;
      await findShards();
    }
  };

  const poll = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        const { promise } = (woken = Promise.withResolvers());
        wasWritten = false;
        await round();
        isCaughtUp = !wasWritten;
        if (isCaughtUp) caughtUp.resolve();
        await Promise.race([promise, delay(idleMilliseconds, undefined, { signal })]);
        await delay(Math.max(gatherMilliseconds, mapping.windowMilliseconds), undefined, { signal });
      } catch (error) {
        // What is read next begins at the checkpoint. The shards may be others by now.
        iterators.clear();
        shards = [];
        if (signal.aborted) return;
        onError(`${mapping.functionName}: ${error instanceof Error ? error.message : String(error)}`);
        await delay(pauseAfterErrorMilliseconds, undefined, { signal }).catch(() => {});
      }
    }
  };

  const ended = poll();
  return {
    wake: () => {
      if (isCaughtUp) caughtUp = Promise.withResolvers();
      isCaughtUp = false;
      wasWritten = true;
      woken.resolve();
    },
    caughtUp: () => caughtUp.promise,
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
};
