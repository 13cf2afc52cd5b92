import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type * as z from "zod";
import { initPhase } from "./init-phase.ts";
import { prepared } from "./lazy.ts";
import { describeError, logError, logInfo, nameCause, nameRequest } from "./logger.ts";

export type Received = { batch: string; queuedAt: number };

/** A message with an error is done too, because another attempt would not help. */
export type Outcome = string | { outcome: string; error: unknown };

type Traced = {
  kind: string;
  causeRequestId?: string | undefined;
  sesMessageId?: string | undefined;
};

export const queueConsumer = async <Message extends Traced, Deps>(
  message: z.ZodType<Message>,
  consume: (message: Message, deps: Deps, received: Received) => Promise<Outcome>,
  buildDeps: () => Deps,
) => {
  const deps = prepared(buildDeps);
  await initPhase();

  const consumeRecord = async ({ messageId, body, attributes }: SQSRecord, batch: string): Promise<void> => {
    nameCause(undefined);
    try {
      const parsed = message.parse(JSON.parse(body));
      const { kind, causeRequestId, sesMessageId } = parsed;
      nameCause(causeRequestId);
      const queuedAt = Math.floor(Number(attributes.SentTimestamp) / 1000);
      const done = await consume(parsed, deps(), { batch, queuedAt });
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
      processInParallel: false,
      // Failures are reported for each message, even if all of them failed.
      throwOnFullBatchFailure: false,
    });
  });
};
