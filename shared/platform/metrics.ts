import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { lazy } from "./lazy.ts";

const metrics = lazy(() => new Metrics({ namespace: "LitAuth", serviceName: "lit-auth" }));

export const countMetric = (name: "BreachCheckFailed" | "ChallengeCheckFailed"): void => {
  const metric = metrics().singleMetric();
  metric.addMetric(name, MetricUnit.Count, 1);
};
