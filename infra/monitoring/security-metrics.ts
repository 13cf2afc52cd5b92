import { Duration } from "aws-cdk-lib";
import { Metric, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { FilterPattern, MetricFilter, type IFilterPattern, type ILogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { contract, type OperationName } from "../../shared/contract/contract.ts";
import { guessRefusals, type ErrorCode } from "../../shared/contract/errors.ts";
import type { Operation } from "../../shared/contract/operation.ts";

const field = (name: string, value: string) => FilterPattern.stringValue(`$.${name}`, "=", value);

// A metric counts the log lines that match `lines`, of operations with an error for which `answers`
// is true.
const counted = {
  FailedGuesses: {
    // A wrong current password has no error code, so its operations are found by this limit.
    answers: (code) => guessRefusals.has(code) || code === "too_many_password_guesses",
    lines: field("event", "refused"),
    period: Duration.hours(1),
  },
  LettersOverBudget: {
    answers: (code) => code === "letter_budget_spent",
    lines: FilterPattern.all(field("event", "limited"), field("code", "letter_budget_spent")),
    period: Duration.minutes(1),
  },
  AddressMoves: {
    answers: (code) => code === "too_many_address_moves",
    lines: field("event", "address_move_started"),
    period: Duration.minutes(1),
  },
  StaffActsOverLimit: {
    answers: (code) => code === "too_many_staff_acts",
    lines: FilterPattern.all(field("event", "limited"), field("code", "too_many_staff_acts")),
    period: Duration.minutes(1),
  },
} as const satisfies Record<
  string,
  { answers: (code: ErrorCode) => boolean; lines: IFilterPattern; period: Duration }
>;
type SecurityMetric = keyof typeof counted;

const namespaceOf = (stage: string): string => `LitAuth/${stage}`;

export const countSecurityEvents = (
  scope: Construct,
  stage: string,
  operation: OperationName,
  logGroup: ILogGroup,
): void => {
  const { errors }: Operation = contract[operation];
  for (const [metricName, { answers, lines }] of Object.entries(counted))
    if (errors.some(answers))
      new MetricFilter(scope, `${metricName}Of${operation}`, {
        metricNamespace: namespaceOf(stage),
        metricName,
        logGroup,
        filterPattern: lines,
      });
};

/** Filters in several stacks add up, because CloudWatch identifies a metric by its name. */
export const securityMetric = (stage: string, metricName: SecurityMetric): IMetric =>
  new Metric({
    namespace: namespaceOf(stage),
    metricName,
    period: counted[metricName].period,
    statistic: "Sum",
  });
