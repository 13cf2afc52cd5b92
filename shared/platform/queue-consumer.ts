import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type * as z from "zod";
import { initPhase } from "./init-phase.ts";
import { prepared } from "./lazy.ts";
import { describeError, logError, logInfo, nameCause, nameRequest } from "./logger.ts";

export type Received = {
  batch: string;
  queuedAt: number;
};
export type Handed = Received & {
  /** How often SQS has handed out the message, which was not always tried. */
  receives: number;
  receiptHandle: string;
};

/** A message with an error is done too, because another attempt would not help. */
export type Outcome = string | { outcome: string; error: unknown };

type Traced = {
  kind: string;
  causeRequestId?: string | undefined;
  sesMessageId?: string | undefined;
};

export const queueConsumer = async <Message extends Traced, Deps>(
  message: z.ZodType<Message>,
  consume: (message: Message, deps: Deps, received: Handed) => Promise<Outcome>,
  buildDeps: () => Deps,
  { processInParallel = false } = {},
) => {
  const deps = prepared(buildDeps);
  await initPhase();

  const consumeRecord = async (record: SQSRecord, batch: string): Promise<void> => {
    const { messageId, body, attributes, receiptHandle } = record;
    nameCause(undefined);
    try {
      const parsed = message.parse(JSON.parse(body));
      const { kind, causeRequestId, sesMessageId } = parsed;
      nameCause(causeRequestId);
      const queuedAt = Math.floor(Number(attributes.SentTimestamp) / 1000);
      const receives = Number(attributes.ApproximateReceiveCount);
      const done = await consume(parsed, deps(), { batch, queuedAt, receives, receiptHandle });
      const line = { messageId, kind, sesMessageId };
      if (typeof done === "string") logInfo("message", { ...line, outcome: done });
      else logError("message", { ...line, outcome: done.outcome, error: describeError(done.error) });
    } catch (error) {
      logError("message failed", { messageId, error: describeError(error) });
      throw error;
    }
  };

  return middy<SQSEvent, SQSBatchResponse>().handler((event: SQSEvent, context: Context) => {
    const { awsRequestId } = context;
    nameRequest(awsRequestId);
    const consumeNext = (record: SQSRecord) => consumeRecord(record, awsRequestId);
    return processPartialResponse(event, consumeNext, new BatchProcessor(EventType.SQS), {
      context,
      processInParallel,
      // Failures are reported for each message, even if all of them failed.
      throwOnFullBatchFailure: false,
    });
  });
};
