// Moves messages out of dead-letter queues, as SQS does, because fauxqs can't. A task ends with the
// runner, and the messages that it holds become visible again.
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { ServiceError } from "../aws/service-error.ts";
import type { Templates } from "../cloudformation/templates.ts";
import { readQueues, taskRunner, type Engine, type Task } from "./message-move.ts";

export type MessageMoves = {
  isOne: (operation: string) => boolean;
  call: (operation: string, parameters: unknown) => Promise<Record<string, unknown>>;
  stop: () => Promise<void>;
};

const tasksKept = 10;

const invalid = (message: string) => new ServiceError("InvalidParameterValue", message);
const absent = (message: string) => new ServiceError("ResourceNotFoundException", message, { status: 404 });
const absentQueue = (parameter: string) =>
  absent(`The resource that you specified for the ${parameter} parameter doesn't exist.`);

const startParameters = z.object({
  SourceArn: z.string(),
  DestinationArn: z.string().optional(),
  MaxNumberOfMessagesPerSecond: z.int().optional(),
});
const listParameters = z.object({ SourceArn: z.string(), MaxResults: z.int().min(1).max(10).default(1) });
const cancelParameters = z.object({ TaskHandle: z.string() });
const counted = z.object({ Attributes: z.object({ ApproximateNumberOfMessages: z.coerce.number() }) });

const handleContent = z.object({ taskId: z.string(), sourceArn: z.string() });
const handleOf = (sourceArn: string): string =>
  Buffer.from(JSON.stringify({ taskId: randomUUID(), sourceArn })).toString("base64");

/** IAM decides about the queue that a handle names. */
export const sourceArnIn = (taskHandle: string): string => {
  try {
    return handleContent.parse(JSON.parse(Buffer.from(taskHandle, "base64").toString())).sourceArn;
  } catch {
    throw invalid("Value for parameter TaskHandle is invalid.");
  }
};

export const createMessageMoves = (templates: Templates, engine: Engine): MessageMoves => {
  const queues = readQueues(templates);
  const runner = taskRunner(queues, engine);
  const tasks: Task[] = [];
  const urlOf = (arn: string): string | undefined => queues.find((queue) => queue.arn === arn)?.url;

  const start = async (parameters: unknown) => {
    const { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond } = startParameters.parse(parameters);
    const QueueUrl = urlOf(SourceArn);
    if (QueueUrl === undefined) throw absentQueue("SourceArn");
    if (DestinationArn !== undefined && urlOf(DestinationArn) === undefined)
      throw absentQueue("DestinationArn");
    if (queues.every(({ RedrivePolicy }) => RedrivePolicy?.deadLetterTargetArn !== SourceArn))
      throw invalid("Source queue must be configured as a Dead Letter Queue.");
    const rate = MaxNumberOfMessagesPerSecond;
    if (rate !== undefined && (rate < 1 || rate > 500))
      throw invalid(`Value ${rate} for parameter MaxNumberOfMessagesPerSecond is invalid.`);
    const AttributeNames = ["ApproximateNumberOfMessages"];
    const { Attributes } = counted.parse(await engine("GetQueueAttributes", { QueueUrl, AttributeNames }));
    if (tasks.some((task) => task.SourceArn === SourceArn && /^(RUNN|CANCELL)ING$/.test(task.Status)))
      throw invalid(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    const task: Task = {
      TaskHandle: handleOf(SourceArn),
      Status: "RUNNING",
      SourceArn,
      DestinationArn,
      MaxNumberOfMessagesPerSecond,
      ApproximateNumberOfMessagesMoved: 0,
      ApproximateNumberOfMessagesToMove: Attributes.ApproximateNumberOfMessages,
      StartedTimestamp: Date.now(),
    };
    tasks.unshift(task);
    runner.start(task);
    return { TaskHandle: task.TaskHandle };
  };

  const list = (parameters: unknown) => {
    const { SourceArn, MaxResults } = listParameters.parse(parameters);
    if (urlOf(SourceArn) === undefined) throw absentQueue("SourceArn");
    const found = tasks.filter((task) => task.SourceArn === SourceArn).slice(0, tasksKept);
    const shown = ({ TaskHandle, ...task }: Task) =>
      task.Status === "RUNNING" ? { TaskHandle, ...task } : task;
    return { Results: found.slice(0, MaxResults).map(shown) };
  };

  const cancel = (parameters: unknown) => {
    const { TaskHandle } = cancelParameters.parse(parameters);
    if (urlOf(sourceArnIn(TaskHandle)) === undefined) throw absentQueue("SourceArn");
    const task = tasks.find((one) => one.TaskHandle === TaskHandle);
    if (!task) throw absent("Task does not exist.");
    if (task.Status !== "RUNNING") throw invalid("Only running tasks can be cancelled.");
    task.Status = "CANCELLING";
    return { ApproximateNumberOfMessagesMoved: task.ApproximateNumberOfMessagesMoved };
  };

  return {
    isOne: (operation) => operation.includes("MessageMoveTask"),
    call: async (operation, parameters) => {
      if (operation === "StartMessageMoveTask") return start(parameters);
      return operation === "ListMessageMoveTasks" ? list(parameters) : cancel(parameters);
    },
    stop: runner.stop,
  };
};
