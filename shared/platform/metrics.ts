import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { isLambda, variable } from "./environment.ts";
import { lazy } from "./lazy.ts";

const metrics = lazy(
  () => new Metrics({ namespace: variable("METRICS_NAMESPACE"), serviceName: "lit-auth" }),
);

type CountedMetric =
  | "BreachCheckFailed"
  | "ChallengeCheckFailed"
  | "WebhookDelivered"
  | "WebhookFailed"
  | "WebhookGone"
  | "WebhookGivenUp"
  | "EventNotUnderstood";

/** Commands count nothing: CloudWatch reads metrics from the logs of functions only. */
export const countMetric = (name: CountedMetric): void => {
  if (!isLambda()) return;
  const metric = metrics().singleMetric();
  metric.addMetric(name, MetricUnit.Count, 1);
};
