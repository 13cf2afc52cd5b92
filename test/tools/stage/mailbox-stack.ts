// For tests only: puts each letter to a domain and its subdomains into a queue.
import { CfnOutput, Duration, Stack, type StackProps } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { ReceiptRuleSet, TlsPolicy } from "aws-cdk-lib/aws-ses";
import { EmailEncoding, Sns } from "aws-cdk-lib/aws-ses-actions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

export class MailboxStack extends Stack {
  constructor(scope: Construct, id: string, { domain, ...props }: StackProps & { domain: string }) {
    super(scope, id, props);
    const letters = new Queue(this, "Letters", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.hours(1),
    });
    const received = new Topic(this, "Received", { enforceSSL: true });
    received.addSubscription(new SqsSubscription(letters, { rawMessageDelivery: true }));
    received.grantPublish(
      new ServicePrincipal("ses.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": this.account } },
      }),
    );
    const rules = new ReceiptRuleSet(this, "Rules", {
      rules: [
        {
          recipients: [domain, `.${domain}`],
          tlsPolicy: TlsPolicy.REQUIRE,
          // The letter may contain any bytes, but the topic accepts only text.
          actions: [new Sns({ topic: received, encoding: EmailEncoding.BASE64 })],
        },
      ],
    });
    // SES checks its permission to publish when the rule is created.
    rules.node.addDependency(received);
    new CfnOutput(this, "LettersUrl", { value: letters.queueUrl });
    new CfnOutput(this, "RuleSetName", { value: rules.receiptRuleSetName });
  }
}
