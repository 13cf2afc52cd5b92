import * as z from "zod";
import { parseEventPattern, type EventPattern } from "../aws/event-pattern.ts";
import type { Templates } from "../cloudformation/templates.ts";
import { isOfStream } from "../lambda/event-source-mapping.ts";

const pattern = z.string().transform((text) => parseEventPattern(JSON.parse(text)));
/** What is missing here would do something else than on AWS, so it stops the start. */
const mappingSchema = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  StartingPosition: z.enum(["TRIM_HORIZON", "LATEST"]),
  Enabled: z.boolean().default(true),
  BatchSize: z.coerce.number().default(100),
  MaximumBatchingWindowInSeconds: z.coerce.number().default(0),
  ParallelizationFactor: z.literal(1, "only one batch at a time is supported locally").default(1),
  FunctionResponseTypes: z.array(z.string()).default([]),
  BisectBatchOnFunctionError: z.boolean().default(false),
  MaximumRetryAttempts: z.coerce.number().default(-1),
  MaximumRecordAgeInSeconds: z.coerce.number().default(-1),
  DestinationConfig: z
    .strictObject({ OnFailure: z.strictObject({ Destination: z.string().startsWith("arn:aws:sqs:") }) })
    .optional(),
  FilterCriteria: z.strictObject({ Filters: z.array(z.strictObject({ Pattern: pattern })) }).optional(),
  Tags: z.unknown().optional(),
});

export type StreamMapping = {
  streamArn: string;
  functionName: string;
  fromStart: boolean;
  batchSize: number;
  windowMilliseconds: number;
  reportsFailures: boolean;
  bisects: boolean;
  /** Infinite, as on AWS, if the template sets none. */
  mostRetries: number;
  oldestSeconds: number;
  deadLettersUrl: string | undefined;
  wants: EventPattern;
};

const unlimited = (given: number): number => (given < 0 ? Infinity : given);

export const loadStreamMappings = (templates: Templates): StreamMapping[] =>
  templates
    .ofType("AWS::Lambda::EventSourceMapping")
    .map((resource) => resource.properties())
    .filter(isOfStream)
    .map((properties) => mappingSchema.parse(properties))
    .filter(({ Enabled }) => Enabled)
    .map((mapping) => {
      const filters = mapping.FilterCriteria?.Filters ?? [];
      const deadLetters = mapping.DestinationConfig?.OnFailure.Destination;
      return {
        streamArn: mapping.EventSourceArn,
        functionName: mapping.FunctionName,
        fromStart: mapping.StartingPosition === "TRIM_HORIZON",
        batchSize: mapping.BatchSize,
        windowMilliseconds: mapping.MaximumBatchingWindowInSeconds * 1000,
        reportsFailures: mapping.FunctionResponseTypes.includes("ReportBatchItemFailures"),
        bisects: mapping.BisectBatchOnFunctionError,
        mostRetries: unlimited(mapping.MaximumRetryAttempts),
        oldestSeconds: unlimited(mapping.MaximumRecordAgeInSeconds),
        deadLettersUrl: deadLetters && templates.find(deadLetters, "AWS::SQS::Queue").identity().ref,
        wants: (event) => filters.length === 0 || filters.some(({ Pattern }) => Pattern(event)),
      };
    });
