import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Queues } from "../data/queues.ts";
import type { Settings } from "../settings/settings.ts";
import { ofFunction, ofQueue, ofReputation, ofRule, ofSes, type AlarmRow } from "./aws-metrics.ts";
import { securityMetric } from "./security-metrics.ts";

type DeadLetters = Extract<keyof Queues, `${string}DeadLetters`>;
type Waiting = Exclude<keyof Queues, DeadLetters>;

const deadLetters: Readonly<Record<DeadLetters, { id: string; meaning: string }>> = {
  mailDeadLetters: {
    id: "DeadLetterAlarm",
    meaning: "Emails with codes to sign in or activate were refused by SES, or failed five times",
  },
  noticeDeadLetters: {
    id: "NoticeDeadLetterAlarm",
    meaning: "Notices or other codes were refused by SES, failed five times or waited four days",
  },
  feedbackDeadLetters: {
    id: "FeedbackDeadLetterAlarm",
    meaning: "Reports of bounces and complaints could not be handled in five attempts",
  },
  eventsDeadLetters: {
    id: "EventsDeadLetterAlarm",
    meaning: "Changes of accounts did not leave as events",
  },
  webhookQueueDeadLetters: {
    id: "WebhookQueueDeadLetterAlarm",
    meaning: "Webhooks were never tried, because their function ended again and again",
  },
  webhookDeadLetters: {
    id: "WebhookDeadLetterAlarm",
    meaning: "The receiver has taken no webhook of these events for three days",
  },
};

/** An order that SES has no room for is queued again, with a delay of at most 15 minutes. */
const longerThanDelays = 3_600;

const longestEventAgeMilliseconds = 900_000;

const waiting: Readonly<
  Record<Waiting, { id: string; meaning: string; seconds: (settings: Settings) => number }>
> = {
  mailQueue: {
    id: "MailQueueAgeAlarm",
    meaning: "Emails with codes to sign in or activate wait too long",
    seconds: ({ QUEUE_AGE_ALARM_SECONDS }) => QUEUE_AGE_ALARM_SECONDS,
  },
  noticeQueue: {
    id: "NoticeQueueAgeAlarm",
    meaning: "Notices and other codes wait too long",
    seconds: () => longerThanDelays,
  },
  feedbackQueue: {
    id: "FeedbackQueueAgeAlarm",
    meaning: "Reports of bounces and complaints wait too long",
    seconds: () => longerThanDelays,
  },
  webhookQueue: {
    id: "WebhookQueueAgeAlarm",
    meaning: "Webhooks wait too long for their first try",
    seconds: () => longerThanDelays,
  },
  webhookRetries: {
    id: "WebhookRetriesAgeAlarm",
    meaning: "Webhooks that have failed are not tried again",
    seconds: () => longerThanDelays,
  },
};

const entriesOf = <Name extends string, Row>(rows: Readonly<Record<Name, Row>>) =>
  Object.entries(rows) as [Name, Row][];

export const queueAlarms = (settings: Settings, queues: Readonly<Record<keyof Queues, IQueue>>) => ({
  ...Object.fromEntries(
    entriesOf(deadLetters).map(([name, { id, meaning }]): [string, AlarmRow] => [
      id,
      {
        meaning,
        metric: ofQueue(queues[name], "ApproximateNumberOfMessagesVisible", { statistic: "Maximum" }),
      },
    ]),
  ),
  ...Object.fromEntries(
    entriesOf(waiting).map(([name, { id, meaning, seconds }]): [string, AlarmRow] => [
      id,
      {
        meaning,
        metric: ofQueue(queues[name], "ApproximateAgeOfOldestMessage", { statistic: "Maximum" }),
        threshold: seconds(settings),
        datapointsToAlarm: 3,
        evaluationPeriods: 5,
      },
    ]),
  ),
});

export const mailAlarms = ({ STAGE, SES_LETTERS_ALARM_PER_DAY }: Settings): Record<string, AlarmRow> => ({
  LettersTooOldAlarm: {
    meaning: "Codes were not sent, because SES had no room for them for 15 minutes",
    metric: securityMetric(STAGE, "LettersTooOld"),
  },
  SendingStoppedAlarm: {
    meaning: "SES takes no emails: its quota of 24 hours is used up, or AWS has paused sending",
    metric: securityMetric(STAGE, "SendingStopped"),
  },
  SesQuotaAlarm: {
    meaning: "The emails of the last 24 hours come near the quota of SES",
    metric: ofSes("Send", { minutes: 24 * 60 }),
    threshold: SES_LETTERS_ALARM_PER_DAY,
  },
  // SES reviews an account at 5 % and 0.1 %. It publishes rates as numbers between 0 and 1.
  BounceRateAlarm: {
    meaning: "More than 2 % of the emails come back: SES may pause this account",
    metric: ofReputation(STAGE, "Reputation.BounceRate"),
    threshold: 0.02,
  },
  ComplaintRateAlarm: {
    meaning: "More than 0.05 % of the emails are reported as spam: SES may pause this account",
    metric: ofReputation(STAGE, "Reputation.ComplaintRate"),
    threshold: 0.0005,
  },
  MailerErrorAlarm: {
    meaning: "The mailer function failed, so emails of its batch may be late",
    metric: ofFunction(STAGE, "mailer", "Errors"),
  },
  FeedbackErrorAlarm: {
    meaning: "Reports of bounces and complaints may be late",
    metric: ofFunction(STAGE, "feedback", "Errors"),
  },
  EventsAgeAlarm: {
    meaning: "Changes of accounts leave as events more than 15 minutes late",
    metric: ofFunction(STAGE, "events", "IteratorAge", { statistic: "Maximum" }),
    threshold: longestEventAgeMilliseconds,
    datapointsToAlarm: 3,
    evaluationPeriods: 5,
  },
  MissingMailboxRuleAlarm: {
    meaning: "Reports of missing mailboxes are lost",
    metric: ofRule(STAGE, "MissingMailboxRule"),
  },
  BounceRuleAlarm: {
    meaning: "Reports of other bounces are lost",
    metric: ofRule(STAGE, "BounceRule"),
  },
  ComplaintRuleAlarm: {
    meaning: "Reports of complaints are lost",
    metric: ofRule(STAGE, "ComplaintRule"),
  },
});
