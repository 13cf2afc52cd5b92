// The queues of events on their way out. Their messages hold ids and positions only.
import { CfnOutput, Duration, type Stack } from "aws-cdk-lib";
import { Queue, type QueueProps } from "aws-cdk-lib/aws-sqs";
import { grants } from "../grants/grants.ts";

const receivesBeforeDeadLetter = 5;
// What leaves the queue of first tries leaves its place in a person's order. A receiver that fails
// never causes that: only a function that ends again and again before it could try.
const receivesInOrder = 20;

export const createEventQueues = (stack: Stack, queue: QueueProps) => {
  const visibilityTimeout = Duration.seconds(6 * grants.sendWebhook.timeoutSeconds);
  const fifo = { ...queue, fifo: true };
  const redrive = (deadLetters: Queue, maxReceiveCount = receivesBeforeDeadLetter) => ({
    visibilityTimeout,
    deadLetterQueue: { queue: deadLetters, maxReceiveCount },
  });
  const eventsDeadLetters = new Queue(stack, "EventsDeadLetters", queue);
  const webhookQueueDeadLetters = new Queue(stack, "WebhookQueueDeadLetters", fifo);
  const webhookDeadLetters = new Queue(stack, "WebhookDeadLetters", queue);
  const queues = {
    eventsDeadLetters,
    webhookQueueDeadLetters,
    webhookQueue: new Queue(stack, "Webhooks", {
      ...fifo,
      ...redrive(webhookQueueDeadLetters, receivesInOrder),
    }),
    webhookDeadLetters,
    webhookRetries: new Queue(stack, "WebhookRetries", { ...queue, ...redrive(webhookDeadLetters) }),
  };
  for (const [name, { queueUrl }] of [
    ["EventsDeadLettersUrl", eventsDeadLetters],
    ["WebhookQueueUrl", queues.webhookQueue],
    ["WebhookQueueDeadLettersUrl", webhookQueueDeadLetters],
    ["WebhookRetriesUrl", queues.webhookRetries],
    ["WebhookDeadLettersUrl", webhookDeadLetters],
  ] as const)
    new CfnOutput(stack, name, { value: queueUrl });
  // Only a stage with webhooks imports these. Without them, it could not turn its webhooks off.
  for (const { queueArn, queueUrl } of [queues.webhookQueue, queues.webhookRetries, webhookDeadLetters])
    for (const value of [queueArn, queueUrl]) stack.exportValue(value);
  return queues;
};
