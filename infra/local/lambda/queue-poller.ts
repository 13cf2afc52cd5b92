import { setTimeout as delay } from "node:timers/promises";
import type { Outcome } from "./execution-environment.ts";
import type { EventSourceMapping } from "./event-source-mapping.ts";
import { handled, receivedSchema, toRecord, type Message } from "./queue-event.ts";

/** It is short, so that no receive outlives the poller and takes a message. */
const longPollSeconds = 1;
const mostPerRequest = 10;
const pauseAfterErrorMilliseconds = 1000;

export type SqsCall = (
  operation: string,
  parameters: Record<string, unknown>,
  signal?: AbortSignal,
) => Promise<Record<string, unknown>>;
export type Poller = { stop: () => Promise<void> };

/** Failed messages become visible after their timeout, or after `returnFailedAfterSeconds`. */
export const startQueuePoller = (
  mapping: EventSourceMapping,
  {
    principal,
    callSqs,
    invoke,
    returnFailedAfterSeconds,
    onError,
  }: {
    principal: string;
    callSqs: SqsCall;
    invoke: (event: unknown) => Promise<Outcome>;
    returnFailedAfterSeconds?: number | undefined;
    onError: (message: string) => void;
  },
): Poller => {
  const { queueUrl, queueArn, batchSize, windowMilliseconds, reportsFailures, concurrency } = mapping;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const call: SqsCall = (operation, parameters, signal) =>
    callSqs(operation, { QueueUrl: queueUrl, ...parameters }, signal);

  const receive = async (most: number, waitSeconds: number): Promise<Message[]> => {
    const answer = await call(
      "ReceiveMessage",
      {
        MaxNumberOfMessages: Math.min(mostPerRequest, most),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      },
      stopping.signal,
    );
    return receivedSchema.parse(answer).Messages;
  };

  const receiveBatch = async (): Promise<Message[]> => {
    const batch = await receive(batchSize, longPollSeconds);
    if (batch.length === 0) return batch;
    const until = Date.now() + windowMilliseconds;
    while (batch.length < batchSize && Date.now() < until && !stopping.signal.aborted) {
      const more = await receive(batchSize - batch.length, 0);
      batch.push(...more);
      if (more.length === 0) await delay(Math.min(50, Math.max(0, until - Date.now())));
    }
    return batch;
  };

  const inBatches = async (operation: string, messages: Message[], parameters = {}): Promise<void> => {
    for (let from = 0; from < messages.length; from += mostPerRequest) {
      const Entries = messages
        .slice(from, from + mostPerRequest)
        .map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle, ...parameters }));
      await call(operation, { Entries });
    }
  };

  const process = async (messages: Message[]): Promise<void> => {
    const outcome = await invoke({ Records: messages.map((message) => toRecord(message, queueArn)) });
    const done = handled(messages, outcome, reportsFailures);
    await inBatches("DeleteMessageBatch", done);
    if (returnFailedAfterSeconds === undefined) return;
    const failed = messages.filter((message) => !done.includes(message));
    await inBatches("ChangeMessageVisibilityBatch", failed, { VisibilityTimeout: returnFailedAfterSeconds });
  };

  const report = (error: unknown) => {
    if (!stopping.signal.aborted)
      onError(`${principal} ${queueArn}: ${error instanceof Error ? error.message : String(error)}`);
  };

  const poll = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        if (running.size >= concurrency) await Promise.race(running);
        const messages = await receiveBatch();
        if (messages.length === 0) continue;
        const work: Promise<void> = process(messages)
          .catch(report)
          .finally(() => running.delete(work));
        running.add(work);
      } catch (error) {
        report(error);
        if (!stopping.signal.aborted) await delay(pauseAfterErrorMilliseconds);
      }
    }
  };

  const ended = poll();
  return {
    stop: async () => {
      stopping.abort();
      await ended;
      await Promise.all(running);
    },
  };
};
