// What the access log says about the API as a whole. It is the only place that tells apart whether
// a function failed or Lambda had no room for it: API Gateway counts both as 5XXError.
import { Duration } from "aws-cdk-lib";
import { Metric, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { FilterPattern, LogGroup, MetricFilter, type IFilterPattern } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { metricsNamespace } from "../naming.ts";

const isTurnedAway = (operator: "=" | "!=") =>
  FilterPattern.stringValue("$.gatewayResponse", operator, "INTEGRATION_FAILURE");
const isServerError = FilterPattern.stringValue("$.status", "=", "5*");

const counted = {
  ServerErrors: FilterPattern.all(isServerError, isTurnedAway("!=")),
  CallsTurnedAway: isTurnedAway("="),
} as const satisfies Record<string, IFilterPattern>;
type GatewayMetric = keyof typeof counted;

export const accessLogOf = (scope: Construct): LogGroup => {
  const log = scope.node.findChild("AccessLog");
  if (!(log instanceof LogGroup)) throw new Error("The API has no access log");
  return log;
};

export const countGatewayAnswers = (scope: Construct, stage: string): void => {
  for (const [metricName, filterPattern] of Object.entries(counted))
    new MetricFilter(scope, `${metricName}Filter`, {
      metricNamespace: metricsNamespace(stage),
      metricName,
      logGroup: accessLogOf(scope),
      filterPattern,
    });
};

export const gatewayMetric = (stage: string, metricName: GatewayMetric): IMetric =>
  new Metric({
    namespace: metricsNamespace(stage),
    metricName,
    period: Duration.minutes(1),
    statistic: "Sum",
  });
