// How bounces and complaints come back. SES reports them with the address. The rules keep ids,
// times and pseudonyms only, so neither the queue nor its dead letters know who got the letter.
import type { Stack } from "aws-cdk-lib";
import { CfnRule } from "aws-cdk-lib/aws-events";
import { CfnConfigurationSet, CfnConfigurationSetEventDestination } from "aws-cdk-lib/aws-ses";
import type { Queues } from "../data/queues.ts";
import { configurationSetName, ruleName, type FeedbackRule } from "../naming.ts";
import type { Settings } from "../settings/settings.ts";

type Feedback = {
  eventType: "Bounce" | "Complaint";
  pattern?: Record<string, unknown>;
  texts: Record<string, string>;
  paths: Record<string, string>;
};

// Each path is in every event of its rule, because EventBridge drops an event without one of them.
const common = {
  messageId: "$.detail.mail.messageId",
  sentAt: "$.detail.mail.timestamp",
  recipient: "$.detail.mail.tags.recipient",
  kind: "$.detail.mail.tags.kind",
};
const bounce = {
  ...common,
  at: "$.detail.bounce.timestamp",
  bounceType: "$.detail.bounce.bounceType",
  bounceSubType: "$.detail.bounce.bounceSubType",
};

// Not every bounce has a status, so the patterns look at it. 5.1.7 and 5.1.8 blame the sender (RFC
// 3463), and would stop the codes of everyone.
const missing = ["5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.4", "5.1.6", "5.1.10"];
const withStatus = (...status: unknown[]) => ({ bounce: { bouncedRecipients: { status } } });

const feedback: Record<FeedbackRule, Feedback> = {
  MissingMailboxRule: {
    eventType: "Bounce",
    pattern: withStatus(...missing),
    texts: { event: "bounce", mailbox: "missing" },
    paths: bounce,
  },
  BounceRule: {
    eventType: "Bounce",
    pattern: withStatus({ "anything-but": missing }, { exists: false }),
    texts: { event: "bounce", mailbox: "other" },
    paths: bounce,
  },
  ComplaintRule: {
    eventType: "Complaint",
    texts: { event: "complaint" },
    paths: { ...common, at: "$.detail.complaint.timestamp" },
  },
};

const templateOf = ({ texts, paths }: Feedback): string => {
  const members = [
    ...Object.entries(texts).map(([name, text]) => `"${name}":"${text}"`),
    ...Object.keys(paths).map((name) => `"${name}":<${name}>`),
  ];
  return `{${members.join(",")}}`;
};

export const addMailFeedback = (stack: Stack, { STAGE }: Settings, { feedbackQueue }: Queues): void => {
  const name = configurationSetName(STAGE);
  const set = new CfnConfigurationSet(stack, "ConfigurationSet", {
    name,
    // The account's list would bar the author of a complaint, and outlive what we know of a bounce.
    suppressionOptions: { suppressedReasons: [] },
    reputationOptions: { reputationMetricsEnabled: true },
    sendingOptions: { sendingEnabled: true },
  });
  const destination = new CfnConfigurationSetEventDestination(stack, "FeedbackDestination", {
    configurationSetName: set.ref,
    eventDestination: {
      name: "feedback",
      enabled: true,
      matchingEventTypes: ["bounce", "complaint"],
      eventBridgeDestination: {
        eventBusArn: stack.formatArn({ service: "events", resource: "event-bus", resourceName: "default" }),
      },
    },
  });
  // Without the set, SES refuses each letter. Without a rule, it reports to nothing.
  stack.node.findChild("Mailer").node.addDependency(set);
  for (const [rule, kept] of Object.entries(feedback) as [FeedbackRule, Feedback][]) {
    const { eventType, pattern } = kept;
    const mail = { tags: { "ses:configuration-set": [name] } };
    const made = new CfnRule(stack, rule, {
      name: ruleName(STAGE, rule),
      eventPattern: { source: ["aws.ses"], detail: { eventType: [eventType], mail, ...pattern } },
      // No dead-letter queue: it would get the event with the address.
      targets: [
        {
          id: "feedback",
          arn: feedbackQueue.queueArn,
          inputTransformer: { inputPathsMap: kept.paths, inputTemplate: templateOf(kept) },
        },
      ],
    });
    destination.addResourceDependency(made);
  }
};
