import { Duration } from "aws-cdk-lib";
import { Metric, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { FilterPattern, MetricFilter, type IFilterPattern, type ILogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { contract, type OperationName } from "../../shared/contract/contract.ts";
import { guessRefusals, type ErrorCode } from "../../shared/contract/errors.ts";
import type { Operation } from "../../shared/contract/operation.ts";
import type { FunctionName } from "../grants/grant.ts";
import { metricsNamespace } from "../naming.ts";

const field = (name: string, value: string) => FilterPattern.stringValue(`$.${name}`, "=", value);

const staffLimits: readonly ErrorCode[] = ["too_many_staff_acts", "too_many_invitations", "too_many_exports"];

// A metric counts the log lines that match `lines`, of operations with an error for which `answers`
// is true and of `functions`.
type SecurityCount = {
  answers?: (code: ErrorCode) => boolean;
  functions?: readonly FunctionName[];
  lines: IFilterPattern;
  period: Duration;
};
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
    answers: (code) => staffLimits.includes(code),
    lines: FilterPattern.all(
      field("event", "limited"),
      FilterPattern.any(...staffLimits.map((code) => field("code", code))),
    ),
    period: Duration.minutes(1),
  },
  /** They have no hourly limit: it would let a stranger stop the resets of others. */
  ResetLetters: {
    functions: ["mailer"],
    lines: field("event", "reset_sent"),
    period: Duration.hours(1),
  },
  BouncesAtOneDomain: {
    functions: ["feedback"],
    lines: field("event", "bounces_at_one_domain"),
    period: Duration.minutes(1),
  },
  RegistrationsStopped: {
    functions: ["feedback"],
    lines: field("event", "registrations_stopped"),
    period: Duration.minutes(1),
  },
  LettersTooOld: {
    functions: ["mailer"],
    lines: field("outcome", "too_old"),
    period: Duration.minutes(1),
  },
  SendingStopped: {
    functions: ["mailer"],
    lines: FilterPattern.any(field("outcome", "quota_exceeded"), field("outcome", "sending_paused")),
    period: Duration.minutes(5),
  },
  /** Lambda's own metric counts crashes and time-outs only, because other faults are answered. */
  RefreshFailures: {
    functions: ["refreshToken"],
    lines: field("message", "failed"),
    period: Duration.minutes(1),
  },
  CreateTokenFailures: {
    functions: ["createToken"],
    lines: field("message", "failed"),
    period: Duration.minutes(1),
  },
  KeysOverdue: {
    functions: ["mailer", "createToken", "refreshToken"],
    lines: field("outcome", "keys_overdue"),
    period: Duration.hours(1),
  },
} as const satisfies Record<string, SecurityCount>;
type SecurityMetric = keyof typeof counted;

const isOperation = (name: FunctionName): name is OperationName => name in contract;

export const countSecurityEvents = (
  scope: Construct,
  stage: string,
  name: FunctionName,
  logGroup: ILogGroup,
): void => {
  const { errors = [] }: Partial<Operation> = isOperation(name) ? contract[name] : {};
  for (const [metricName, { answers = () => false, lines, functions = [] }] of Object.entries<SecurityCount>(
    counted,
  ))
    if (errors.some(answers) || functions.includes(name))
      new MetricFilter(scope, `${metricName}Of${name}`, {
        metricNamespace: metricsNamespace(stage),
        metricName,
        logGroup,
        filterPattern: lines,
      });
};

/** Functions write these themselves, in CloudWatch's embedded metric format. */
export const checkMetric = (
  stage: string,
  metricName: "BreachCheckFailed" | "ChallengeCheckFailed",
): IMetric =>
  new Metric({
    namespace: metricsNamespace(stage),
    metricName,
    dimensionsMap: { service: "lit-auth" },
    period: Duration.minutes(15),
    statistic: "Sum",
  });

/** Filters in several stacks add up, because CloudWatch identifies a metric by its name. */
export const securityMetric = (stage: string, metricName: SecurityMetric): IMetric =>
  new Metric({
    namespace: metricsNamespace(stage),
    metricName,
    period: counted[metricName].period,
    statistic: "Sum",
  });
