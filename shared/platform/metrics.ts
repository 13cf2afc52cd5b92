import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { isLambda, variable } from "./environment.ts";
import { lazy } from "./lazy.ts";

const metrics = lazy(
  () => new Metrics({ namespace: variable("METRICS_NAMESPACE"), serviceName: "lit-auth" }),
);

/** Commands count nothing: CloudWatch reads metrics from the logs of functions only. */
export const countMetric = (name: "BreachCheckFailed" | "ChallengeCheckFailed"): void => {
  if (!isLambda()) return;
  const metric = metrics().singleMetric();
  metric.addMetric(name, MetricUnit.Count, 1);
};
