import { CfnOutput, Duration, type Stack } from "aws-cdk-lib";
import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { defaultTimeoutSeconds, grants } from "../grants/grants.ts";
import { feedbackRules, ruleName } from "../naming.ts";
import type { Settings } from "../settings/settings.ts";
import { createEventQueues } from "./event-queues.ts";
import { removalPolicyOf } from "./removal-policy.ts";

/** AWS recommends six times the consumer's timeout. */
const mailVisibilitySeconds = 6 * grants.mailer.timeoutSeconds;
const receivesBeforeDeadLetter = 5;

export type Queues = Readonly<
  Record<
    | "mailQueue"
    | "mailDeadLetters"
    | "noticeQueue"
    | "noticeDeadLetters"
    | "feedbackQueue"
    | "feedbackDeadLetters"
    | "eventsDeadLetters"
    | "webhookQueue"
    | "webhookQueueDeadLetters"
    | "webhookRetries"
    | "webhookDeadLetters",
    Queue
  >
>;

const allowFeedbackRules = (stack: Stack, queue: Queue, { STAGE }: Settings): void => {
  const ruleArns = feedbackRules.map((rule) =>
    stack.formatArn({ service: "events", resource: "rule", resourceName: ruleName(STAGE, rule) }),
  );
  queue.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal("events.amazonaws.com")],
      actions: ["sqs:SendMessage"],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { "aws:SourceArn": ruleArns } },
    }),
  );
};

export const createQueues = (stack: Stack, settings: Settings): Queues => {
  const queue = {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    removalPolicy: removalPolicyOf(settings),
  };
  const longest = { retentionPeriod: Duration.days(14) };
  const deadLetters = (name: string) => new Queue(stack, name, { ...queue, ...longest });
  const mailQueue = (name: string, aside: Queue) =>
    new Queue(stack, name, {
      ...queue,
      ...longest,
      visibilityTimeout: Duration.seconds(mailVisibilitySeconds),
      deadLetterQueue: { queue: aside, maxReceiveCount: receivesBeforeDeadLetter },
    });
  const mailDeadLetters = deadLetters("MailDeadLetters");
  const noticeDeadLetters = deadLetters("NoticeDeadLetters");
  const feedbackDeadLetters = deadLetters("FeedbackDeadLetters");
  const queues = {
    ...createEventQueues(stack, { ...queue, ...longest }),
    mailDeadLetters,
    mailQueue: mailQueue("Mail", mailDeadLetters),
    noticeDeadLetters,
    noticeQueue: mailQueue("Notices", noticeDeadLetters),
    feedbackDeadLetters,
    feedbackQueue: new Queue(stack, "Feedback", {
      ...queue,
      visibilityTimeout: Duration.seconds(6 * defaultTimeoutSeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: feedbackDeadLetters, maxReceiveCount: receivesBeforeDeadLetter },
    }),
  };
  allowFeedbackRules(stack, queues.feedbackQueue, settings);
  new CfnOutput(stack, "MailQueueUrl", { value: queues.mailQueue.queueUrl });
  new CfnOutput(stack, "MailDeadLettersUrl", { value: queues.mailDeadLetters.queueUrl });
  new CfnOutput(stack, "NoticeQueueUrl", { value: queues.noticeQueue.queueUrl });
  new CfnOutput(stack, "NoticeDeadLettersUrl", { value: queues.noticeDeadLetters.queueUrl });
  new CfnOutput(stack, "FeedbackQueueUrl", { value: queues.feedbackQueue.queueUrl });
  new CfnOutput(stack, "FeedbackDeadLettersUrl", { value: queues.feedbackDeadLetters.queueUrl });
  return queues;
};
