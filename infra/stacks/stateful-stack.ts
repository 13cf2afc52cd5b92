import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import type { CfnRestApi } from "aws-cdk-lib/aws-apigateway";
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
  type Attribute,
} from "aws-cdk-lib/aws-dynamodb";
import { Effect, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnSecret, Secret } from "aws-cdk-lib/aws-secretsmanager";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { listIndexes } from "../../shared/store/list-indexes.ts";
import { apiAddress, createRestApi } from "../api/bare-api.ts";
import { defaultTimeoutSeconds, grants } from "../grants/grants.ts";
import { feedbackRules, pascalCase, ruleName } from "../naming.ts";
import { isProduction, type Settings } from "../settings.ts";

/** AWS recommends six times the consumer's timeout. */
const mailVisibilitySeconds = 6 * grants.mailer.timeoutSeconds;
const receivesBeforeDeadLetter = 5;

export const removalPolicyOf = (settings: Settings): RemovalPolicy =>
  isProduction(settings) ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

const text = (name: string): Attribute => ({ name, type: AttributeType.STRING });

export class StatefulStack extends Stack {
  readonly api: CfnRestApi;
  readonly users: Table;
  readonly sessions: Table;
  readonly limits: Table;
  readonly mailQueue: Queue;
  readonly mailDeadLetters: Queue;
  readonly noticeQueue: Queue;
  readonly noticeDeadLetters: Queue;
  readonly feedbackQueue: Queue;
  readonly feedbackDeadLetters: Queue;
  readonly secretArns: {
    readonly key: string;
    readonly digest: string;
    readonly device: string;
    readonly signingKeys: string;
    readonly verificationKeys: string;
  };

  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, props);
    const removalPolicy = removalPolicyOf(settings);
    this.api = createRestApi(this, settings);
    const address = apiAddress(this, this.api, settings);
    new CfnOutput(this, "ApiUrl", { value: address });
    new CfnOutput(this, "PublicUrl", { value: settings.PUBLIC_URL ?? address });

    const table = (name: string, partitionKey: string, sortKey?: string) => {
      const made = new Table(this, name, {
        partitionKey: text(partitionKey),
        ...(sortKey && { sortKey: text(sortKey) }),
        billingMode: BillingMode.PAY_PER_REQUEST,
        encryption: TableEncryption.AWS_MANAGED,
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        timeToLiveAttribute: "expiresAt",
        deletionProtection: removalPolicy === RemovalPolicy.RETAIN,
        removalPolicy,
      });
      new CfnOutput(this, `${name}Table`, { value: made.tableName });
      return made;
    };
    this.users = table("Users", "pk");
    for (const [indexName, { partition, sort, projected }] of Object.entries(listIndexes))
      this.users.addGlobalSecondaryIndex({
        indexName,
        partitionKey: text(partition),
        sortKey: text(sort),
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: [...projected],
      });
    this.sessions = table("Sessions", "userId", "sessionId");
    this.limits = table("Limits", "pk");

    const queue = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, removalPolicy };
    const longest = { retentionPeriod: Duration.days(14) };
    const deadLetters = (name: string) => new Queue(this, name, { ...queue, ...longest });
    const mailQueue = (name: string, aside: Queue) =>
      new Queue(this, name, {
        ...queue,
        ...longest,
        visibilityTimeout: Duration.seconds(mailVisibilitySeconds),
        deadLetterQueue: { queue: aside, maxReceiveCount: receivesBeforeDeadLetter },
      });
    this.mailDeadLetters = deadLetters("MailDeadLetters");
    this.mailQueue = mailQueue("Mail", this.mailDeadLetters);
    this.noticeDeadLetters = deadLetters("NoticeDeadLetters");
    this.noticeQueue = mailQueue("Notices", this.noticeDeadLetters);
    this.feedbackDeadLetters = deadLetters("FeedbackDeadLetters");
    this.feedbackQueue = new Queue(this, "Feedback", {
      ...queue,
      visibilityTimeout: Duration.seconds(6 * defaultTimeoutSeconds),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.feedbackDeadLetters, maxReceiveCount: receivesBeforeDeadLetter },
    });
    const ruleArns = feedbackRules.map((rule) =>
      this.formatArn({ service: "events", resource: "rule", resourceName: ruleName(settings.STAGE, rule) }),
    );
    this.feedbackQueue.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new ServicePrincipal("events.amazonaws.com")],
        actions: ["sqs:SendMessage"],
        resources: [this.feedbackQueue.queueArn],
        conditions: { ArnEquals: { "aws:SourceArn": ruleArns } },
      }),
    );
    new CfnOutput(this, "MailQueueUrl", { value: this.mailQueue.queueUrl });
    new CfnOutput(this, "MailDeadLettersUrl", { value: this.mailDeadLetters.queueUrl });
    new CfnOutput(this, "NoticeQueueUrl", { value: this.noticeQueue.queueUrl });
    new CfnOutput(this, "NoticeDeadLettersUrl", { value: this.noticeDeadLetters.queueUrl });
    new CfnOutput(this, "FeedbackQueueUrl", { value: this.feedbackQueue.queueUrl });
    new CfnOutput(this, "FeedbackDeadLettersUrl", { value: this.feedbackDeadLetters.queueUrl });

    const randomSecret = (name: string, description: string) =>
      new Secret(this, name, {
        description,
        generateSecretString: { passwordLength: 64, excludePunctuation: true },
        removalPolicy,
      }).secretArn;
    // A function fills these, so that no template contains a key. Only an L1 construct allows it.
    const emptySecret = (name: string, description: string) => {
      const secret = new CfnSecret(this, name, { description });
      secret.applyRemovalPolicy(removalPolicy);
      return secret.ref;
    };
    this.secretArns = {
      // This is the pseudonym secret. A construct's id can't change without replacing it.
      key: randomSecret(
        "KeySecret",
        "Secret that derives the keys of addresses and limits. It must never change.",
      ),
      device: randomSecret("DeviceSecret", "Secret that device tokens are signed with"),
      digest: emptySecret("DigestKeys", "Key ring for the digests of codes"),
      signingKeys: emptySecret("SigningKeys", "Private keys for signing tokens"),
      verificationKeys: emptySecret("VerificationKeys", "Public keys for verifying tokens (JWKS)"),
    };
    for (const [name, value] of Object.entries(this.secretArns))
      new CfnOutput(this, `${pascalCase(name)}Arn`, { value });
    // Operators' commands need these to check passwords in the same way as the functions.
    new CfnOutput(this, "ProductName", { value: settings.PRODUCT_NAME });
    new CfnOutput(this, "PwnedPasswordsUrl", { value: settings.PWNED_PASSWORDS_URL });
  }
}
