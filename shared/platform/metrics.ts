import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { lazy } from "./lazy.ts";

const metrics = lazy(() => new Metrics({ namespace: "LitAuth", serviceName: "lit-auth" }));

type CountedMetric =
  | "BreachCheckFailed"
  | "ChallengeCheckFailed"
  | "WebhookDelivered"
  | "WebhookFailed"
  | "WebhookGone"
  | "WebhookGivenUp"
  | "EventNotUnderstood";

export const countMetric = (name: CountedMetric): void => {
  const metric = metrics().singleMetric();
  metric.addMetric(name, MetricUnit.Count, 1);
};
