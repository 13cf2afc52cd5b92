/**
 * Lambda's event source mappings: takes messages in batches with the consumer's role, invokes it, deletes what it
 * handled. What failed stays invisible until its timeout, and the queue moves it aside after too many receives.
 */
import * as z from "zod";
import { setTimeout as delay } from "node:timers/promises";
import { awsRequest } from "./aws-request.ts";
import type { Outcome } from "./environment.ts";
import { accountId, region } from "./names.ts";
import type { Templates } from "./template.ts";

const mappingSchema = z.object({
  EventSourceArn: z.string().startsWith("arn:aws:sqs:", "only queues are polled locally"),
  FunctionName: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.coerce.number().default(10),
  MaximumBatchingWindowInSeconds: z.coerce.number().default(0),
  FunctionResponseTypes: z.array(z.string()).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: z.coerce.number() }).default({ MaximumConcurrency: 5 }),
});
export type EventSourceMapping = {
  queueUrl: string;
  queueArn: string;
  /** Name or ARN. */
  functionName: string;
  batchSize: number;
  windowMilliseconds: number;
  reportsFailures: boolean;
  concurrency: number;
};

export const loadEventSourceMappings = (templates: Templates, edgeUrl: string): EventSourceMapping[] =>
  templates
    .ofType("AWS::Lambda::EventSourceMapping")
    .map((resource) => mappingSchema.parse(resource.properties()))
    .filter(({ Enabled }) => Enabled)
    .map((mapping) => ({
      queueUrl: `${edgeUrl}/${accountId}/${mapping.EventSourceArn.split(":").at(-1)}`,
      queueArn: mapping.EventSourceArn,
      functionName: mapping.FunctionName,
      batchSize: mapping.BatchSize,
      windowMilliseconds: mapping.MaximumBatchingWindowInSeconds * 1000,
      reportsFailures: mapping.FunctionResponseTypes.includes("ReportBatchItemFailures"),
      concurrency: mapping.ScalingConfig.MaximumConcurrency,
    }));

const messageAttribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
const messageSchema = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  MD5OfBody: z.string(),
  Attributes: z.record(z.string(), z.string()).default({}),
  MessageAttributes: z.record(z.string(), messageAttribute).default({}),
});
type Message = z.output<typeof messageSchema>;
const receivedSchema = z.object({ Messages: z.array(messageSchema).default([]) });
const failuresSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

/** Short, so that stopping leaves no receive behind that would take a message for nobody. */
const longPollSeconds = 1;
const pauseAfterErrorMilliseconds = 1000;

const toRecord = (message: Message, queueArn: string) => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes,
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        stringValue: StringValue,
        binaryValue: BinaryValue,
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  ),
  md5OfBody: message.MD5OfBody,
  eventSource: "aws:sqs",
  eventSourceARN: queueArn,
  awsRegion: region,
});

/** An answer that is not understood, or that names an unknown message, means that the whole batch failed. */
const handled = (messages: readonly Message[], outcome: Outcome, reportsFailures: boolean): Message[] => {
  if ("error" in outcome) return [];
  if (!reportsFailures || outcome.payload === null || outcome.payload === "") return [...messages];
  const parsed = failuresSchema.safeParse(outcome.payload);
  if (!parsed.success) return [];
  const failed = new Set((parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  const known = new Set(messages.map(({ MessageId }) => MessageId));
  if ([...failed].some((id) => !known.has(id))) return [];
  return messages.filter(({ MessageId }) => !failed.has(MessageId));
};

export type Poller = { stop: () => Promise<void> };

export const startPoller = (
  mapping: EventSourceMapping,
  {
    edgeUrl,
    caller,
    invoke,
    onError,
  }: {
    edgeUrl: string;
    caller: string;
    invoke: (event: unknown) => Promise<Outcome>;
    onError: (message: string) => void;
  },
): Poller => {
  const { queueUrl, queueArn, batchSize, windowMilliseconds, reportsFailures, concurrency } = mapping;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const call = (target: string, parameters: Record<string, unknown>, signal?: AbortSignal) =>
    awsRequest(edgeUrl, { service: "sqs", target, caller }, { QueueUrl: queueUrl, ...parameters }, signal);

  const receive = async (most: number, waitSeconds: number): Promise<Message[]> => {
    const answer = await call(
      "ReceiveMessage",
      {
        MaxNumberOfMessages: Math.min(10, most),
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

  const process = async (messages: Message[]): Promise<void> => {
    const outcome = await invoke({ Records: messages.map((message) => toRecord(message, queueArn)) });
    const done = handled(messages, outcome, reportsFailures);
    if (done.length === 0) return;
    await call("DeleteMessageBatch", {
      Entries: done.map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle })),
    });
  };

  const report = (error: unknown) => {
    if (!stopping.signal.aborted)
      onError(`${caller} ${queueArn}: ${error instanceof Error ? error.message : String(error)}`);
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
