// The stages that the tests of this folder look at. Their process synthesises them once.
import { synthesiseStage } from "../synthesised.ts";

/** With every optional alarm. */
export const stage = synthesiseStage({
  PWNED_PASSWORDS_URL: "https://range.example/",
  CHALLENGE_VERIFY_URL: "https://service.example/siteverify",
  CHALLENGE_HOSTNAMES: "app.example.com",
});
export const archiveArn = "arn:aws:logs:eu-central-1:111122223333:destination:lit-auth-security";
/** With other thresholds, and without traces and dashboards. */
export const other = synthesiseStage({
  STAGE: "prod",
  ALARM_EMAIL: "ops@example.com",
  FAILED_GUESSES_ALARM_PER_HOUR: "30",
  REQUESTS_ALARM_PER_FIVE_MINUTES: "500",
  CLIENT_ERRORS_ALARM_PER_FIVE_MINUTES: "700",
  LATENCY_ALARM_MILLISECONDS: "900",
  QUEUE_AGE_ALARM_SECONDS: "120",
  SES_LETTERS_ALARM_PER_DAY: "160",
  TRACING: "off",
  DASHBOARDS: "off",
  SECURITY_ARCHIVE_DESTINATION_ARN: archiveArn,
});

/** The name of a construct, without the hash of its logical id. */
export const nameOf = (logicalId: string): string => logicalId.replace(/[0-9A-F]{8}$/, "");

export type Dimensions = { Name: string; Value: unknown }[];
export type MetricName = { Namespace: string; MetricName: string; Dimensions?: Dimensions };
type Part = { Expression?: string; MetricStat?: { Metric: MetricName; Period: number } };
export type AlarmProperties = MetricName & {
  AlarmName: string;
  AlarmDescription: string;
  AlarmActions?: unknown[];
  Period?: number;
  EvaluationPeriods: number;
  DatapointsToAlarm?: number;
  Threshold: number;
  TreatMissingData: string;
  Metrics?: Part[];
};

export const alarmsOf = ({ all }: typeof stage): [string, AlarmProperties][] =>
  Object.entries(all("AWS::CloudWatch::Alarm")).map(([id, properties]) => [
    nameOf(id),
    properties as AlarmProperties,
  ]);

export const metricsIn = ({ Metrics, ...single }: AlarmProperties): (MetricName & { Period: number })[] =>
  Metrics === undefined
    ? [{ ...single, Period: single.Period ?? 0 }]
    : Metrics.flatMap(({ MetricStat }) =>
        MetricStat ? [{ ...MetricStat.Metric, Period: MetricStat.Period }] : [],
      );
