// What calls the functions that send events: the stream of accounts, and the webhooks' queues.
import { Duration } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  StartingPosition,
  type Function,
} from "aws-cdk-lib/aws-lambda";
import { SqsDlq, SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { keyOf } from "../../shared/store/item-kinds.ts";
import type { Queues } from "../data/queues.ts";
import type { Settings } from "../settings/settings.ts";

// After these, Lambda puts the position into the dead letters. The stream keeps the record for 24
// hours, so an operator has half a day to send it again.
const oldestRecord = Duration.hours(12);
const retries = 50;

/** CDK's own source would grant the right to list all streams of the account. */
export const readStream = (events: Function, users: Table, { eventsDeadLetters }: Queues): void => {
  const { tableStreamArn } = users;
  if (tableStreamArn === undefined) throw new Error("the table of accounts has no stream");
  events.addToRolePolicy(
    new PolicyStatement({
      actions: ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map(
        (action) => `dynamodb:${action}`,
      ),
      resources: [tableStreamArn],
    }),
  );
  const mapping = new EventSourceMapping(events, "UsersStream", {
    target: events,
    eventSourceArn: tableStreamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 25,
    parallelizationFactor: 1,
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    retryAttempts: retries,
    maxRecordAge: oldestRecord,
    onFailure: new SqsDlq(eventsDeadLetters),
    filters: [
      FilterCriteria.filter({ dynamodb: { Keys: { pk: { S: FilterRule.beginsWith(keyOf("user", "")) } } } }),
    ],
  });
  // Lambda tries the rights when the mapping is made.
  const policy = events.role?.node.tryFindChild("DefaultPolicy");
  if (policy) mapping.node.addDependency(policy);
};

/** A person's events are one group, and a batch of one lets no event wait for another person's. */
export const readWebhookQueues = (sender: Function, queues: Queues, { WEBHOOK_CONCURRENCY }: Settings) => {
  const common = { maxConcurrency: WEBHOOK_CONCURRENCY, reportBatchItemFailures: true };
  sender.addEventSource(new SqsEventSource(queues.webhookQueue, { ...common, batchSize: 1 }));
  sender.addEventSource(new SqsEventSource(queues.webhookRetries, { ...common, batchSize: 10 }));
};
