// Metrics that AWS publishes without a charge. API Gateway's metrics per method would cost.
import { Duration } from "aws-cdk-lib";
import { Metric, type AlarmProps, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { apiName } from "../api/bare-api.ts";
import type { FunctionName } from "../grants/grant.ts";
import { configurationSetName, functionName, ruleName, type FeedbackRule } from "../naming.ts";

/** By default, one period with one occurrence is enough. */
export type AlarmRow = { meaning: string } & Pick<AlarmProps, "metric"> &
  Partial<
    Pick<
      AlarmProps,
      "threshold" | "datapointsToAlarm" | "evaluationPeriods" | "evaluateLowSampleCountPercentile"
    >
  >;

type Form = { statistic?: string; minutes?: number; label?: string };

const metric = (
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  { statistic = "Sum", minutes = 1, label }: Form,
): Metric =>
  new Metric({
    namespace,
    metricName,
    dimensionsMap,
    statistic,
    period: Duration.minutes(minutes),
    ...(label !== undefined && { label }),
  });

export const ofFunction = (
  stage: string,
  name: FunctionName,
  metricName: "Invocations" | "Errors" | "Throttles" | "IteratorAge",
  form: Form = {},
): IMetric => metric("AWS/Lambda", metricName, { FunctionName: functionName(stage, name) }, form);

export const ofApi = (
  stage: string,
  metricName: "Count" | "4XXError" | "5XXError" | "Latency",
  form: Form = {},
): IMetric => metric("AWS/ApiGateway", metricName, { ApiName: apiName(stage) }, form);

export const ofQueue = (
  queue: IQueue,
  metricName: "ApproximateNumberOfMessagesVisible" | "ApproximateAgeOfOldestMessage" | "NumberOfMessagesSent",
  form: Form = {},
): IMetric => metric("AWS/SQS", metricName, { QueueName: queue.queueName }, form);

export const ofRule = (stage: string, rule: FeedbackRule): IMetric =>
  metric("AWS/Events", "FailedInvocations", { RuleName: ruleName(stage, rule) }, {});

export const ofReputation = (
  stage: string,
  metricName: "Reputation.BounceRate" | "Reputation.ComplaintRate",
  form: Form = {},
): IMetric =>
  metric(
    "AWS/SES",
    metricName,
    { "ses:configuration-set": configurationSetName(stage) },
    { statistic: "Average", minutes: 60, ...form },
  );

/** Of all senders in the account and region: these metrics have no dimension. */
export const ofSes = (metricName: "Send" | "Bounce" | "Complaint" | "Reject", form: Form = {}): IMetric =>
  metric("AWS/SES", metricName, {}, form);

export const ofTable = (
  { tableName }: { readonly tableName: string },
  metricName: "ConsumedReadCapacityUnits" | "ConsumedWriteCapacityUnits",
  { index, ...form }: Form & { index?: string } = {},
): IMetric =>
  metric(
    "AWS/DynamoDB",
    metricName,
    { TableName: tableName, ...(index !== undefined && { GlobalSecondaryIndexName: index }) },
    form,
  );
