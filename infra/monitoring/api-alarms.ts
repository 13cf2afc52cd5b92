import { Duration } from "aws-cdk-lib";
import { MathExpression, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { backgroundGrants } from "../grants/background-grants.ts";
import type { FunctionName } from "../grants/grant.ts";
import type { Settings } from "../settings/settings.ts";
import { ofApi, ofFunction, type AlarmRow } from "./aws-metrics.ts";
import { gatewayMetric } from "./gateway-metrics.ts";
import { securityMetric } from "./security-metrics.ts";

/** A single error can be a broken connection. Two in a quarter of an hour can't be called one. */
const repeated = { datapointsToAlarm: 2, evaluationPeriods: 15 };

/** Each summand counts even while the others have no data. An alarm can have ten of them. */
const sumOf = (usingMetrics: Record<string, IMetric>): IMetric =>
  new MathExpression({
    expression: `SUM([${Object.keys(usingMetrics)
      .map((id) => `FILL(${id}, 0)`)
      .join(", ")}])`,
    usingMetrics,
    period: Duration.minutes(1),
  });

// API Gateway calls `pages`, and `createKeys` runs at deployments, which wait for it.
export const calledByNoCaller = (Object.keys(backgroundGrants) as (keyof typeof backgroundGrants)[]).filter(
  (name) => name !== "pages" && name !== "createKeys",
);

const failuresOf = (stage: string, name: FunctionName, answered: "RefreshFailures" | "CreateTokenFailures") =>
  sumOf({ crashed: ofFunction(stage, name, "Errors"), answered: securityMetric(stage, answered) });

export const apiAlarms = (settings: Settings): Record<string, AlarmRow> => {
  const { STAGE } = settings;
  return {
    ServerErrorAlarm: {
      meaning: "The API answered requests with server errors (5xx)",
      metric: gatewayMetric(STAGE, "ServerErrors"),
      ...repeated,
    },
    RefreshErrorAlarm: {
      meaning: "Refreshing tokens failed, so people are signed out within minutes",
      metric: failuresOf(STAGE, "refreshToken", "RefreshFailures"),
      ...repeated,
    },
    CreateTokenErrorAlarm: {
      meaning: "Exchanging a code for tokens failed, so no one can sign in",
      metric: failuresOf(STAGE, "createToken", "CreateTokenFailures"),
      ...repeated,
    },
    ThrottleAlarm: {
      meaning: "Lambda had no room for a call: the concurrency of the account or of a function is used up",
      metric: sumOf({
        turnedAway: gatewayMetric(STAGE, "CallsTurnedAway"),
        ...Object.fromEntries(calledByNoCaller.map((name) => [name, ofFunction(STAGE, name, "Throttles")])),
      }),
      datapointsToAlarm: 2,
      evaluationPeriods: 5,
    },
    LatencyAlarm: {
      meaning: "One of a hundred calls takes longer than expected",
      metric: ofApi(STAGE, "Latency", { statistic: "p99", minutes: 5 }),
      threshold: settings.LATENCY_ALARM_MILLISECONDS,
      datapointsToAlarm: 3,
      evaluationPeriods: 3,
      // The slowest of few calls is usually the first call in a new execution environment.
      evaluateLowSampleCountPercentile: "ignore",
    },
    ClientErrorAlarm: {
      meaning: "Unusually many calls are refused (4xx): an attack, or a client with a fault",
      metric: ofApi(STAGE, "4XXError", { minutes: 5 }),
      threshold: settings.CLIENT_ERRORS_ALARM_PER_FIVE_MINUTES,
      datapointsToAlarm: 2,
      evaluationPeriods: 3,
    },
    RequestCountAlarm: {
      meaning: "The API gets more requests than expected: a flood, a client that repeats calls, or growth",
      metric: ofApi(STAGE, "Count", { minutes: 5 }),
      threshold: settings.REQUESTS_ALARM_PER_FIVE_MINUTES,
    },
  };
};
