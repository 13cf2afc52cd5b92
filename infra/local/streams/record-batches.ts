// Gives a function batches of a shard, in order, and does with failures what Lambda does.
import { setTimeout as delay } from "node:timers/promises";
import type { Outcome } from "../lambda/execution-environment.ts";
import type { StreamMapping } from "./stream-mapping.ts";
import { deadLetter, firstFailure, sequenceOf, type StreamRecord } from "./stream-event.ts";

const firstPauseMilliseconds = 100;
const longestPauseMilliseconds = 10_000;

export type BatchDeps = {
  invoke: (event: unknown) => Promise<Outcome>;
  sendDeadLetter: (queueUrl: string, letter: object) => Promise<unknown>;
  done: (sequenceNumber: string) => void;
  signal: AbortSignal;
  now?: () => number;
};
type Shard = { streamArn: string; shardId: string };

class Stopped extends Error {}

export const createRecordBatches = (mapping: StreamMapping, shard: Shard, deps: BatchDeps) => {
  const { invoke, sendDeadLetter, done, signal, now = Date.now } = deps;
  const { streamArn } = shard;

  const isTooOld = ({ dynamodb }: StreamRecord): boolean =>
    now() / 1000 - dynamodb.ApproximateCreationDateTime > mapping.oldestSeconds;

  const giveUp = async (
    records: readonly StreamRecord[],
    condition: Parameters<typeof deadLetter>[1],
    invocations: number,
  ): Promise<void> => {
    const letter = deadLetter(records, condition, { mapping, ...shard, invocations });
    // If this fails too, the records are read again: nothing is given up in silence.
    if (mapping.deadLettersUrl !== undefined) await sendDeadLetter(mapping.deadLettersUrl, letter);
  };

  const finish = (records: readonly StreamRecord[]): void => {
    const last = records.at(-1);
    if (last) done(sequenceOf(last));
  };

  const process = async (batch: readonly StreamRecord[], tried = 0): Promise<void> => {
    if (batch.length === 0) return;
    if (signal.aborted) throw new Stopped();
    const [oldest] = batch;
    if (tried > 0 && oldest && isTooOld(oldest)) {
      await giveUp(batch, "RecordAgeExceeded", tried);
      return finish(batch);
    }
    const outcome = await invoke({
      Records: batch.map((record) => ({ ...record, eventSourceARN: streamArn })),
    });
    const failedAt = firstFailure(batch, outcome, mapping.reportsFailures);
    finish(batch.slice(0, failedAt));
    const rest = batch.slice(failedAt);
    if (rest.length === 0) return;
    if (failedAt > 0) return process(rest);
    if (mapping.bisects && rest.length > 1) {
      const half = Math.ceil(rest.length / 2);
      // Splitting counts as no try. The second half waits for the first.
      await process(rest.slice(0, half), tried);
      return process(rest.slice(half), tried);
    }
    if (tried >= mapping.mostRetries) {
      await giveUp(rest, "RetryAttemptsExhausted", tried + 1);
      return finish(rest);
    }
    const pause = Math.min(longestPauseMilliseconds, firstPauseMilliseconds * 2 ** tried);
    await delay(pause, undefined, { signal });
    return process(rest, tried + 1);
  };

  return async (records: readonly StreamRecord[]): Promise<void> => {
    for (let from = 0; from < records.length; from += mapping.batchSize)
      await process(records.slice(from, from + mapping.batchSize));
  };
};
