import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { lean, leanJsonOptions, openConnection } from "../platform/aws-client.ts";
import { inInitPhase } from "../platform/init-phase.ts";
import { prepared } from "../platform/lazy.ts";

export const sqs = prepared(() => {
  const client = lean(new SQSClient(leanJsonOptions));
  inInitPhase(() => openConnection(client, new GetQueueUrlCommand({ QueueName: "-" })));
  return client;
});
