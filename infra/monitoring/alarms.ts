import { Duration } from "aws-cdk-lib";
import { Alarm, Metric, TreatMissingData, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { apiName } from "../api/bare-api.ts";
import type { FunctionName } from "../grants/grant.ts";
import { configurationSetName, functionName, ruleName, type FeedbackRule } from "../naming.ts";
import type { Settings } from "../settings/settings.ts";
import { securityMetric } from "./security-metrics.ts";

const period = Duration.minutes(1);

type DeadLetters = Readonly<Record<"mailDeadLetters" | "noticeDeadLetters" | "feedbackDeadLetters", IQueue>>;

export const addAlarms = (scope: Construct, settings: Settings, queues: DeadLetters): void => {
  const { STAGE, ALARM_EMAIL } = settings;
  const { FAILED_GUESSES_ALARM_PER_HOUR, RESET_LETTERS_ALARM_PER_HOUR, REQUESTS_ALARM_PER_FIVE_MINUTES } =
    settings;
  const failuresOf = (name: FunctionName) =>
    new Metric({
      namespace: "AWS/Lambda",
      metricName: "Errors",
      dimensionsMap: { FunctionName: functionName(STAGE, name) },
      period,
      statistic: "Sum",
    });
  const countOf = (queue: IQueue) =>
    queue.metricApproximateNumberOfMessagesVisible({ period, statistic: "Maximum" });
  const failedInvocations = (rule: FeedbackRule) =>
    new Metric({
      namespace: "AWS/Events",
      metricName: "FailedInvocations",
      dimensionsMap: { RuleName: ruleName(STAGE, rule) },
      period,
      statistic: "Sum",
    });
  const reputation = (metricName: "Reputation.BounceRate" | "Reputation.ComplaintRate") =>
    new Metric({
      namespace: "AWS/SES",
      metricName,
      dimensionsMap: { "ses:configuration-set": configurationSetName(STAGE) },
      period: Duration.hours(1),
      statistic: "Average",
    });
  const serverErrors = new Metric({
    namespace: "AWS/ApiGateway",
    metricName: "5XXError",
    dimensionsMap: { ApiName: apiName(STAGE) },
    period,
    statistic: "Sum",
  });
  const requests = new Metric({
    namespace: "AWS/ApiGateway",
    metricName: "Count",
    dimensionsMap: { ApiName: apiName(STAGE) },
    period: Duration.minutes(5),
    statistic: "Sum",
  });
  const alarms = [
    [
      "DeadLetterAlarm",
      "Emails with codes to sign in or activate were refused by SES, or failed five times",
      countOf(queues.mailDeadLetters),
    ],
    [
      "NoticeDeadLetterAlarm",
      "Notices or other codes were refused by SES, failed five times or waited four days",
      countOf(queues.noticeDeadLetters),
    ],
    [
      "LettersTooOldAlarm",
      "Codes were not sent, because SES had no room for them for 15 minutes",
      securityMetric(STAGE, "LettersTooOld"),
    ],
    // Failures of API functions count as server errors. The other three have no caller.
    ["ServerErrorAlarm", "The API answered requests with server errors (5xx)", serverErrors],
    [
      "MailerErrorAlarm",
      "The mailer function failed, so emails of its batch may be late",
      failuresOf("mailer"),
    ],
    ["FeedbackErrorAlarm", "Reports of bounces and complaints may be late", failuresOf("feedback")],
    ["KeyRotationAlarm", "The key rotation function failed", failuresOf("rotateKeys")],
    // SES reviews an account at 5 % and 0.1 %. It publishes rates as numbers between 0 and 1.
    [
      "BounceRateAlarm",
      "More than 2 % of the emails come back: SES may pause this account",
      reputation("Reputation.BounceRate"),
      0.02,
    ],
    [
      "ComplaintRateAlarm",
      "More than 0.05 % of the emails are reported as spam: SES may pause this account",
      reputation("Reputation.ComplaintRate"),
      0.0005,
    ],
    [
      "FeedbackDeadLetterAlarm",
      "Reports of bounces and complaints could not be handled in five attempts",
      countOf(queues.feedbackDeadLetters),
    ],
    [
      "MissingMailboxRuleAlarm",
      "Reports of missing mailboxes are lost",
      failedInvocations("MissingMailboxRule"),
    ],
    ["BounceRuleAlarm", "Reports of other bounces are lost", failedInvocations("BounceRule")],
    ["ComplaintRuleAlarm", "Reports of complaints are lost", failedInvocations("ComplaintRule")],
    [
      "FailedGuessesAlarm",
      "Many wrong passwords and codes over all accounts",
      securityMetric(STAGE, "FailedGuesses"),
      FAILED_GUESSES_ALARM_PER_HOUR,
    ],
    [
      "LetterBudgetAlarm",
      "The hourly limit of registrations is reached: no one can register until the hour ends",
      securityMetric(STAGE, "LettersOverBudget"),
    ],
    [
      "ResetLettersAlarm",
      "Unusually many people get a code for a lost password",
      securityMetric(STAGE, "ResetLetters"),
      RESET_LETTERS_ALARM_PER_HOUR,
    ],
    [
      "RequestCountAlarm",
      "The API gets more requests than expected: a flood, a client that repeats calls, or growth",
      requests,
      REQUESTS_ALARM_PER_FIVE_MINUTES,
    ],
    [
      "AddressMoveAlarm",
      "An administrator froze an account, to move it from a lost mailbox to a new address",
      securityMetric(STAGE, "AddressMoves"),
    ],
    [
      "BouncesAtOneDomainAlarm",
      "Ten mailboxes of accounts at one domain were said to be missing within an hour",
      securityMetric(STAGE, "BouncesAtOneDomain"),
    ],
    [
      "RegistrationsStoppedAlarm",
      "Too many emails after registrations came back: no one can register for an hour",
      securityMetric(STAGE, "RegistrationsStopped"),
    ],
    [
      "StaffActsAlarm",
      "An administrator has reached the limit on changes, invitations or exports: the session may be stolen",
      securityMetric(STAGE, "StaffActsOverLimit"),
    ],
  ] as const satisfies [string, string, IMetric, number?][];
  const topic = ALARM_EMAIL === undefined ? undefined : new Topic(scope, "Alarms", { enforceSSL: true });
  if (topic && ALARM_EMAIL) {
    topic.addSubscription(new EmailSubscription(ALARM_EMAIL));
    // The policy that enforces TLS replaces the default policy, which allows CloudWatch alarms.
    topic.grantPublish(new ServicePrincipal("cloudwatch.amazonaws.com"));
  }
  for (const [id, alarmDescription, metric, threshold = 1] of alarms) {
    const alarm = new Alarm(scope, id, {
      alarmDescription,
      metric,
      threshold,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    if (topic) alarm.addAlarmAction(new SnsAction(topic));
  }
};
