import * as z from "zod";
import { accountId } from "../aws/local-account.ts";
import type { Templates } from "../cloudformation/templates.ts";

const mappingSchema = z.object({
  EventSourceArn: z.string().startsWith("arn:aws:sqs:", "only queues and streams are supported locally"),
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
  functionName: string;
  batchSize: number;
  windowMilliseconds: number;
  reportsFailures: boolean;
  concurrency: number;
};

/** `streams/` reads these. */
export const isOfStream = ({ EventSourceArn }: Record<string, unknown>): boolean =>
  String(EventSourceArn).startsWith("arn:aws:dynamodb:");

export const loadEventSourceMappings = (templates: Templates, awsEndpointUrl: string): EventSourceMapping[] =>
  templates
    .ofType("AWS::Lambda::EventSourceMapping")
    .map((resource) => resource.properties())
    .filter((properties) => !isOfStream(properties))
    .map((properties) => mappingSchema.parse(properties))
    .filter(({ Enabled }) => Enabled)
    .map((mapping) => ({
      queueUrl: `${awsEndpointUrl}/${accountId}/${mapping.EventSourceArn.split(":").at(-1)}`,
      queueArn: mapping.EventSourceArn,
      functionName: mapping.FunctionName,
      batchSize: mapping.BatchSize,
      windowMilliseconds: mapping.MaximumBatchingWindowInSeconds * 1000,
      reportsFailures: mapping.FunctionResponseTypes.includes("ReportBatchItemFailures"),
      concurrency: mapping.ScalingConfig.MaximumConcurrency,
    }));
