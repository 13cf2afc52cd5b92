// Moves the messages of a dead-letter queue back, for any of our queues. The destination is always
// named: what was sent to a dead-letter queue directly has no source that SQS knows.
import { setTimeout as delay } from "node:timers/promises";
import {
  ChangeMessageVisibilityBatchCommand,
  GetQueueAttributesCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
  type Message,
} from "@aws-sdk/client-sqs";

const mostPerReceive = 10;
/** An interrupted look hides messages no longer than this. */
const hiddenSeconds = 30;
const deadlineMilliseconds = 10 * 60_000;

const client = () => new SQSClient({});
type Sqs = Pick<SQSClient, "send">;

/** `hidden` are those that a look or a move holds at the moment. */
export type Waiting = { arn: string; visible: number; hidden: number };

export const waitingIn = async (QueueUrl: string, sqs: Sqs = client()): Promise<Waiting> => {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ["QueueArn", "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return {
    arn: Attributes["QueueArn"] ?? "",
    visible: Number(Attributes["ApproximateNumberOfMessages"] ?? 0),
    hidden: Number(Attributes["ApproximateNumberOfMessagesNotVisible"] ?? 0),
  };
};

/** SQS can't show messages without receiving them. They become visible again at once. */
export const lookInto = async (QueueUrl: string, most: number, sqs: Sqs = client()): Promise<string[]> => {
  const seen: Message[] = [];
  try {
    while (seen.length < most) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: Math.min(mostPerReceive, most - seen.length),
          VisibilityTimeout: hiddenSeconds,
        }),
      );
      if (Messages.length === 0) break;
      seen.push(...Messages);
    }
  } finally {
    for (let from = 0; from < seen.length; from += mostPerReceive)
      await sqs.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl,
          Entries: seen.slice(from, from + mostPerReceive).map(({ ReceiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle,
            VisibilityTimeout: 0,
          })),
        }),
      );
  }
  return seen.map(({ Body = "" }) => Body);
};

type Move = {
  from: string;
  to: string;
  onProgress: (moved: number, all: number) => void;
};
type Pace = { sqs?: Sqs; pauseMilliseconds?: number; deadline?: number };
export type Moved = { status: string; moved: number };

/** Follows a move that is under way already. `RUNNING` means that the deadline has passed. */
export const moveBack = async (
  { from, to, onProgress }: Move,
  { sqs = client(), pauseMilliseconds = 500, deadline = Date.now() + deadlineMilliseconds }: Pace = {},
): Promise<Moved> => {
  const [{ arn: SourceArn }, { arn: DestinationArn }] = [
    await waitingIn(from, sqs),
    await waitingIn(to, sqs),
  ];
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn })).catch((error: unknown) => {
    if (!(error instanceof Error && error.message.includes("already a task running"))) throw error;
  });
  for (;;) {
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
    const [task] = Results;
    const moved = task?.ApproximateNumberOfMessagesMoved ?? 0;
    onProgress(moved, task?.ApproximateNumberOfMessagesToMove ?? 0);
    const status = task?.Status ?? "RUNNING";
    if (status === "FAILED")
      throw new Error(
        `SQS has stopped the move after ${moved} messages: ${task?.FailureReason ?? "no reason given"}.`,
      );
    if (status !== "RUNNING" && status !== "CANCELLING") return { status, moved };
    if (Date.now() > deadline) return { status: "RUNNING", moved };
    await delay(pauseMilliseconds);
  }
};
