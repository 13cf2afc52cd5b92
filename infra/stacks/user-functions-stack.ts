import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Construct } from "constructs";
import { FunctionsStack, userOperations, type FunctionsStackProps } from "./functions-stack.ts";
import { grants } from "../grants/grants.ts";
import { saveMailerQueries } from "../monitoring/saved-queries.ts";
import { countSecurityEvents } from "../monitoring/security-metrics.ts";
import { readStream, readWebhookQueues } from "../events/event-sources.ts";
import { webhookSecret } from "./function-variables.ts";
import { guardKeys } from "./key-policies.ts";
import { createKeysAtDeployment, rotateKeysOnSchedule } from "./key-lifecycle.ts";

export class UserFunctionsStack extends FunctionsStack {
  constructor(scope: Construct, id: string, props: FunctionsStackProps) {
    super(scope, id, { ...props, operations: userOperations, queryFolder: "user functions" });
    const { settings, stateful } = props;
    const { mailQueue, noticeQueue, feedbackQueue } = stateful.queues;
    this.addFunction("pages");
    const mailer = this.addFunction("mailer");
    countSecurityEvents(this, settings.STAGE, "mailer", mailer.logGroup);
    saveMailerQueries(this, settings.STAGE, mailer.logGroup.logGroupName);
    for (const queue of [mailQueue, noticeQueue])
      mailer.addEventSource(
        new SqsEventSource(queue, {
          batchSize: 2,
          maxConcurrency: settings.MAILER_CONCURRENCY,
          reportBatchItemFailures: true,
        }),
      );
    const feedback = this.addFunction("feedback");
    countSecurityEvents(this, settings.STAGE, "feedback", feedback.logGroup);
    feedback.addEventSource(
      new SqsEventSource(feedbackQueue, {
        batchSize: 10,
        maxConcurrency: 2,
        reportBatchItemFailures: true,
      }),
    );
    const events = this.addFunction("events");
    readStream(events, stateful.tables.users, stateful.queues);
    if (settings.WEBHOOK_URL !== undefined) {
      const secret = { WEBHOOK_SECRET_ID: webhookSecret(this, settings) };
      const sender = this.addFunction("sendWebhook", grants.sendWebhook, secret);
      readWebhookQueues(sender, stateful.queues, settings);
    }
    const keysMade = createKeysAtDeployment(this, this.addFunction("createKeys"), settings);
    const rotation = rotateKeysOnSchedule(this, this.addFunction("rotateKeys"), stateful, settings);
    // Secrets Manager tests the function when a schedule is created, so the keys must exist.
    rotation.node.addDependency(keysMade);
    guardKeys(this, stateful, settings);
  }
}
