// The metrics that AWS publishes without a charge, with their sorted dimensions. AWS documents them
// in its guides (https://docs.aws.amazon.com), on these pages:
// - lambda/latest/dg/monitoring-metrics-types.html
// - apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
// - AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
// - ses/latest/dg/monitor-sending-activity.html
// - ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
// - amazondynamodb/latest/developerguide/metrics-dimensions.html
// - eventbridge/latest/userguide/eb-monitoring.html
const of = (namespace: string, names: string, ...dimensions: string[]) =>
  names.split(" ").map((name) => [namespace, name, ...dimensions].join(" "));

export const publishedMetrics = new Set([
  ...of(
    "AWS/Lambda",
    "Invocations Errors Throttles Duration ConcurrentExecutions IteratorAge",
    "FunctionName",
  ),
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
