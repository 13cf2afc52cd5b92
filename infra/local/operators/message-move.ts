import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import type { Templates } from "../cloudformation/templates.ts";

export type Engine = (
  operation: string,
  parameters: Record<string, unknown>,
) => Promise<Record<string, unknown>>;

export type Task = {
  TaskHandle: string;
  Status: "RUNNING" | "COMPLETED" | "CANCELLING" | "CANCELLED" | "FAILED";
  SourceArn: string;
  DestinationArn?: string | undefined;
  MaxNumberOfMessagesPerSecond?: number | undefined;
  ApproximateNumberOfMessagesMoved: number;
  ApproximateNumberOfMessagesToMove: number;
  FailureReason?: string;
  StartedTimestamp: number;
};

const mostPerReceive = 10;
const visibilitySeconds = 30;

const redrivePolicy = z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() });
const queueProperties = z.object({ RedrivePolicy: redrivePolicy.optional() });
const received = z.object({
  Messages: z
    .array(
      z.object({
        Body: z.string(),
        ReceiptHandle: z.string(),
        MessageAttributes: z.record(z.string(), z.unknown()).optional(),
        Attributes: z.object({ ApproximateReceiveCount: z.coerce.number() }),
      }),
    )
    .default([]),
});
type Message = z.output<typeof received>["Messages"][number];

export const readQueues = (templates: Templates) =>
  templates.ofType("AWS::SQS::Queue").map((queue) => {
    const { ref: url, attributes } = queue.identity();
    return { url, arn: attributes["Arn"] ?? "", ...queueProperties.parse(queue.properties()) };
  });

type Queues = ReturnType<typeof readQueues>;

export const taskRunner = (queues: Queues, engine: Engine) => {
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  const urlOf = (arn: string): string | undefined => queues.find((queue) => queue.arn === arn)?.url;

  // AWS knows where a message comes from only if SQS itself has moved it there. fauxqs doesn't say,
  // but such a message has been received more often than its queue allows.
  const urlOfSource = (arn: string, { Attributes }: Message): string | undefined => {
    const [source, ...others] = queues.filter((one) => one.RedrivePolicy?.deadLetterTargetArn === arn);
    const isReturned = Attributes.ApproximateReceiveCount > (source?.RedrivePolicy?.maxReceiveCount ?? 0) + 1;
    return others.length === 0 && isReturned ? source?.url : undefined;
  };

  const moveSome = async (task: Task, most: number): Promise<number> => {
    const { SourceArn, DestinationArn } = task;
    const QueueUrl = urlOf(SourceArn);
    const { Messages } = received.parse(
      await engine("ReceiveMessage", {
        QueueUrl,
        MaxNumberOfMessages: most,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      }),
    );
    for (const message of Messages) {
      const { Body, ReceiptHandle, MessageAttributes } = message;
      const to = DestinationArn === undefined ? urlOfSource(SourceArn, message) : urlOf(DestinationArn);
      if (to === undefined) throw new Error("CouldNotDetermineMessageSource");
      await engine("SendMessage", { QueueUrl: to, MessageBody: Body, MessageAttributes });
      await engine("DeleteMessage", { QueueUrl, ReceiptHandle });
      task.ApproximateNumberOfMessagesMoved += 1;
    }
    return Messages.length;
  };

  const run = async (task: Task): Promise<void> => {
    const { MaxNumberOfMessagesPerSecond: rate } = task;
    const isRunning = () => task.Status === "RUNNING" && !stopping.signal.aborted;
    const left = () => task.ApproximateNumberOfMessagesToMove - task.ApproximateNumberOfMessagesMoved;
    try {
      while (isRunning() && left() > 0) {
        const moved = await moveSome(task, Math.min(mostPerReceive, rate ?? mostPerReceive, left()));
        if (moved === 0) break;
        if (rate !== undefined) await delay((1000 * moved) / rate, undefined, stopping);
      }
      task.Status = task.Status === "CANCELLING" ? "CANCELLED" : "COMPLETED";
    } catch (error) {
      task.Status = "FAILED";
      task.FailureReason = error instanceof Error ? error.message : String(error);
    }
  };

  return {
    start: (task: Task): void => {
      const work: Promise<void> = run(task).finally(() => running.delete(work));
      running.add(work);
    },
    stop: async (): Promise<void> => {
      stopping.abort();
      await Promise.all(running);
    },
  };
};
