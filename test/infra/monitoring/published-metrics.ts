// The metrics that AWS publishes without a charge, with their sorted dimensions, as AWS documents them:
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
// https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity.html
// https://docs.aws.amazon.com/ses/latest/dg/configuration-sets-export-metrics.html
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
const of = (namespace: string, names: string, ...dimensions: string[]) =>
  names.split(" ").map((name) => [namespace, name, ...dimensions].join(" "));

export const publishedMetrics = new Set([
  ...of("AWS/Lambda", "Invocations Errors Throttles Duration ConcurrentExecutions", "FunctionName"),
  ...of("AWS/ApiGateway", "Count 4XXError 5XXError Latency IntegrationLatency", "ApiName"),
  ...of(
    "AWS/SQS",
    "ApproximateNumberOfMessagesVisible ApproximateAgeOfOldestMessage NumberOfMessagesSent",
    "QueueName",
  ),
  ...of("AWS/SES", "Send Bounce Complaint Delivery Reject"),
  ...of("AWS/SES", "Reputation.BounceRate Reputation.ComplaintRate", "ses:configuration-set"),
  ...of("AWS/DynamoDB", "ConsumedReadCapacityUnits ConsumedWriteCapacityUnits", "TableName"),
  ...of(
    "AWS/DynamoDB",
    "ConsumedReadCapacityUnits ConsumedWriteCapacityUnits",
    "GlobalSecondaryIndexName",
    "TableName",
  ),
  ...of("AWS/Events", "FailedInvocations", "RuleName"),
]);
