import { CfnOutput, RemovalPolicy, type Stack } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { listIndexes } from "../../shared/store/list-indexes.ts";
import { publicUrl } from "../api/bare-api.ts";
import type { FunctionName } from "../grants/grant.ts";
import { grants } from "../grants/grants.ts";
import { removalPolicyOf } from "../data/removal-policy.ts";
import type { GrantedFunctionProps, Resource } from "./granted-function.ts";
import { configurationSetName, eventBusName, metricsNamespace } from "../naming.ts";
import { busArn } from "../events/guarded-bus.ts";
import type { Settings } from "../settings/settings.ts";
import type { StatefulStack } from "./stateful-stack.ts";

const table = ({ tableName, tableArn }: Table): Resource => ({
  value: tableName,
  arn: tableArn,
  service: "dynamodb",
});

const withIndexes = (resource: Resource, names: readonly string[]): Resource => ({
  ...resource,
  indexArns: names.map((name) => `${resource.arn}/index/${name}`),
});

const queue = ({ queueUrl, queueArn }: IQueue): Resource => ({
  value: queueUrl,
  arn: queueArn,
  service: "sqs",
});

const secret = (arn: string): Resource => ({ value: arn, arn, service: "secretsmanager" });

const absentSecret: Resource = { value: "off", service: "secretsmanager" };

// As an export of the stateful stack, it would keep the check from being turned off again.
const challengeSecret = (stack: Stack, { CHALLENGE_VERIFY_URL }: Settings): Resource => {
  if (CHALLENGE_VERIFY_URL === "off") return absentSecret;
  const { secretArn } = new Secret(stack, "ChallengeSecret", {
    description: "Secret key of the service that verifies challenges against robots",
    generateSecretString: { passwordLength: 32, excludePunctuation: true },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  new CfnOutput(stack, "ChallengeSecretArn", { value: secretArn });
  return secret(secretArn);
};

const absentQueue: Resource = { value: "off", service: "sqs" };

export const webhookSecret = (stack: Stack, settings: Settings): Resource => {
  const { secretArn } = new Secret(stack, "WebhookSecret", {
    description: "Secrets that webhooks are signed with. npm run webhook:secret shows and rotates them",
    generateSecretString: {
      secretStringTemplate: "{}",
      generateStringKey: "current",
      passwordLength: 48,
      excludePunctuation: true,
    },
    removalPolicy: removalPolicyOf(settings),
  });
  new CfnOutput(stack, "WebhookSecretArn", { value: secretArn });
  return secret(secretArn);
};

const webhookQueues = ({ WEBHOOK_URL }: Settings, queues: StatefulStack["queues"]) => {
  const ifOn = (one: IQueue) => (WEBHOOK_URL === undefined ? absentQueue : queue(one));
  return {
    WEBHOOK_QUEUE_URL: ifOn(queues.webhookQueue),
    WEBHOOK_RETRIES_URL: ifOn(queues.webhookRetries),
    WEBHOOK_DEAD_LETTERS_URL: ifOn(queues.webhookDeadLetters),
  };
};

export const resourcesOf = (
  stack: Stack,
  settings: Settings,
  { tables: { users, sessions, limits, history }, queues, secretArns }: StatefulStack,
  functions: readonly FunctionName[],
): GrantedFunctionProps["resources"] => ({
  USERS_TABLE: withIndexes(table(users), Object.keys(listIndexes)),
  SESSIONS_TABLE: table(sessions),
  LIMITS_TABLE: table(limits),
  HISTORY_TABLE: table(history),
  MAIL_QUEUE_URL: queue(queues.mailQueue),
  MAIL_DEAD_LETTERS_URL: queue(queues.mailDeadLetters),
  NOTICE_QUEUE_URL: queue(queues.noticeQueue),
  NOTICE_DEAD_LETTERS_URL: queue(queues.noticeDeadLetters),
  FEEDBACK_QUEUE_URL: queue(queues.feedbackQueue),
  FEEDBACK_DEAD_LETTERS_URL: queue(queues.feedbackDeadLetters),
  PSEUDONYM_SECRET_ID: secret(secretArns.key),
  DIGEST_SECRET_ID: secret(secretArns.digest),
  DEVICE_SECRET_ID: secret(secretArns.device),
  SIGNING_KEYS_ID: secret(secretArns.signingKeys),
  VERIFICATION_KEYS_ID: secret(secretArns.verificationKeys),
  EVENT_BUS: {
    value: eventBusName(settings.STAGE),
    arn: busArn(stack, settings),
    service: "events",
  },
  EVENTS_DEAD_LETTERS_URL: queue(queues.eventsDeadLetters),
  ...webhookQueues(settings, queues),
  WEBHOOK_SECRET_ID: absentSecret,
  CHALLENGE_SECRET_ID: functions.some((name) => "CHALLENGE_SECRET_ID" in grants[name])
    ? challengeSecret(stack, settings)
    : absentSecret,
  MAIL_FROM: {
    value: settings.MAIL_FROM,
    // SES checks the address or its domain, and in the sandbox also the recipient's identity. So
    // only the condition restricts the mailer.
    arn: stack.formatArn({ service: "ses", resource: "identity", resourceName: "*" }),
    service: "ses",
    condition: { StringEquals: { "ses:FromAddress": settings.MAIL_FROM } },
  },
  // SES checks the set apart from the sender, and there without a sender's address.
  CONFIGURATION_SET: {
    value: configurationSetName(settings.STAGE),
    arn: stack.formatArn({
      service: "ses",
      resource: "configuration-set",
      resourceName: configurationSetName(settings.STAGE),
    }),
    service: "ses",
  },
});

export const functionSettings = (
  settings: Settings,
  apiAddress: string,
): GrantedFunctionProps["settings"] => ({
  PUBLIC_URL: publicUrl(settings, apiAddress),
  ISSUERS_ACCEPTED: settings.ISSUERS_ACCEPTED,
  TOKEN_AUDIENCE: settings.TOKEN_AUDIENCE,
  ALLOWED_ORIGINS: settings.ALLOWED_ORIGINS,
  METRICS_NAMESPACE: metricsNamespace(settings.STAGE),
  PRODUCT_NAME: settings.PRODUCT_NAME,
  MAIL_REPLY_TO: settings.MAIL_REPLY_TO ?? "off",
  DEFAULT_LOCALE: settings.DEFAULT_LOCALE,
  OTP_LIFETIME_SECONDS: String(settings.OTP_LIFETIME_SECONDS),
  UNPROVEN_LETTERS_PER_TEN_MINUTES: String(settings.UNPROVEN_LETTERS_PER_TEN_MINUTES),
  UNPROVEN_LETTERS_PER_HOUR: String(settings.UNPROVEN_LETTERS_PER_HOUR),
  UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR: String(settings.UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR),
  UNPROVEN_LETTERS_OF_ALL_PER_HOUR: String(settings.UNPROVEN_LETTERS_OF_ALL_PER_HOUR),
  UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY: String(settings.UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY),
  MX_RESOLVER: settings.MX_RESOLVER,
  TRIES_PER_NETWORK_PER_TEN_MINUTES: String(settings.TRIES_PER_NETWORK_PER_TEN_MINUTES),
  REFUSAL_FLOOR_MILLISECONDS: String(settings.REFUSAL_FLOOR_MILLISECONDS),
  PWNED_PASSWORDS_URL: settings.PWNED_PASSWORDS_URL,
  CHALLENGE_VERIFY_URL: settings.CHALLENGE_VERIFY_URL,
  CHALLENGE_HOSTNAMES: settings.CHALLENGE_HOSTNAMES ?? "off",
  CHALLENGE_FREE_PER_NETWORK_PER_HOUR: String(settings.CHALLENGE_FREE_PER_NETWORK_PER_HOUR),
  CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER: settings.CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER,
  UNACTIVATED_ACCOUNT_DAYS: String(settings.UNACTIVATED_ACCOUNT_DAYS),
  KEY_ROTATION_DAYS: String(settings.KEY_ROTATION_DAYS),
  HISTORY_DAYS: String(settings.HISTORY_DAYS),
  ACCESS_TOKEN_LIFETIME_SECONDS: String(settings.ACCESS_TOKEN_LIFETIME_SECONDS),
  SESSION_IDLE_SECONDS: String(settings.SESSION_IDLE_SECONDS),
  SESSION_LIFETIME_SECONDS: String(settings.SESSION_LIFETIME_SECONDS),
  WEBHOOK_URL: settings.WEBHOOK_URL ?? "off",
});
