/** Counts what the functions' logs say about attacks, over all accounts, for the alarms. */
import { Duration } from "aws-cdk-lib";
import { Metric, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { FilterPattern, MetricFilter, type IFilterPattern, type ILogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { contract, type OperationName } from "../../shared/contract/contract.ts";
import { guessRefusals, type ErrorCode } from "../../shared/contract/errors.ts";
import type { Operation } from "../../shared/contract/operation.ts";

type LogGroups = (name: OperationName) => ILogGroup;

/** A wrong current password is a field's error without a code; whoever asks for one has its limit. */
const judgesSecrets = (code: ErrorCode) => guessRefusals.has(code) || code === "too_many_password_guesses";
const refusesLetters = (code: ErrorCode) => code === "letter_budget_spent";

const operationsThat = (refuse: (code: ErrorCode) => boolean): OperationName[] =>
  (Object.keys(contract) as OperationName[]).filter((name) => {
    const { errors }: Operation = contract[name];
    return errors.some(refuse);
  });

const field = (name: string, value: string) => FilterPattern.stringValue(`$.${name}`, "=", value);

export const addSecurityMetrics = (scope: Construct, stage: string, logGroupOf: LogGroups) => {
  const count = (
    metricName: string,
    names: readonly OperationName[],
    filterPattern: IFilterPattern,
    period: Duration,
  ): IMetric => {
    const metric = { metricNamespace: `LitAuth/${stage}`, metricName };
    for (const name of names)
      new MetricFilter(scope, `${metricName}Of${name}`, {
        ...metric,
        logGroup: logGroupOf(name),
        filterPattern,
      });
    return new Metric({ namespace: metric.metricNamespace, metricName, period, statistic: "Sum" });
  };
  return {
    failedGuesses: count(
      "FailedGuesses",
      operationsThat(judgesSecrets),
      field("event", "refused"),
      Duration.hours(1),
    ),
    lettersOverBudget: count(
      "LettersOverBudget",
      operationsThat(refusesLetters),
      FilterPattern.all(field("event", "limited"), field("code", "letter_budget_spent")),
      Duration.minutes(1),
    ),
  };
};
