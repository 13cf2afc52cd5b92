import { ChangeMessageVisibilityCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { UserEvent } from "../events/user-event.ts";
import { variable } from "../platform/environment.ts";
import { sqs } from "./sqs-client.ts";
import type { WebhookMessage } from "./webhook-message.ts";

export const hasWebhooks = (): boolean => variable("WEBHOOK_QUEUE_URL") !== "off";

/** SQS drops what it got within five minutes, so a repeated batch of the stream adds nothing. */
export const enqueueWebhook = async (event: UserEvent, replay = ""): Promise<void> => {
  await sqs().send(
    new SendMessageCommand({
      QueueUrl: variable("WEBHOOK_QUEUE_URL"),
      MessageBody: JSON.stringify({ kind: "webhook", event }),
      MessageGroupId: event.userId,
      MessageDeduplicationId: `${event.id}${replay}`,
    }),
  );
};

export const enqueueRetry = async (message: WebhookMessage, DelaySeconds: number): Promise<void> => {
  const QueueUrl = variable("WEBHOOK_RETRIES_URL");
  await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message), DelaySeconds }));
};

export const giveUp = async (message: WebhookMessage): Promise<void> => {
  const QueueUrl = variable("WEBHOOK_DEAD_LETTERS_URL");
  await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message) }));
};

export const keepPlace = async (ReceiptHandle: string, VisibilityTimeout: number): Promise<void> => {
  const QueueUrl = variable("WEBHOOK_QUEUE_URL");
  await sqs().send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
};
