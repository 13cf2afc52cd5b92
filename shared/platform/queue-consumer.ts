import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import middy from "@middy/core";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type * as z from "zod";
import { initPhase } from "./init-phase.ts";
import { prepared } from "./lazy.ts";
import { describeError, logError, logInfo, nameRequest } from "./logger.ts";
import { countMetric } from "./metrics.ts";

const ageSeconds = (record: SQSRecord) => (Date.now() - Number(record.attributes.SentTimestamp)) / 1000;

export const queueConsumer = async <Message extends { kind: string }, Deps>(
  message: z.ZodType<Message>,
  consume: (message: Message, deps: Deps) => Promise<string>,
  buildDeps: () => Deps,
  { maximumAgeSeconds = Infinity }: { maximumAgeSeconds?: number } = {},
) => {
  const deps = prepared(buildDeps);
  await initPhase();

  const consumeRecord = async (record: SQSRecord): Promise<void> => {
    const { messageId } = record;
    try {
      if (ageSeconds(record) > maximumAgeSeconds) {
        countMetric("MessageTooOld");
        logInfo("message", { messageId, outcome: "too_old" });
        return;
      }
      const parsed = message.parse(JSON.parse(record.body));
      logInfo("message", { messageId, kind: parsed.kind, outcome: await consume(parsed, deps()) });
    } catch (error) {
      logError("message failed", { messageId, error: describeError(error) });
      throw error;
    }
  };

  return middy<SQSEvent, SQSBatchResponse>().handler((event: SQSEvent, context: Context) => {
    nameRequest(context.awsRequestId);
    return processPartialResponse(event, consumeRecord, new BatchProcessor(EventType.SQS), {
      context,
      // Failures are reported for each message, even if all of them failed.
      throwOnFullBatchFailure: false,
    });
  });
};
