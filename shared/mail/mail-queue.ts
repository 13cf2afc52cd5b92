// Codes for which people wait to sign in or activate never wait for other letters.
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { lean, leanJsonOptions, openConnection } from "../platform/aws-client.ts";
import { nowSeconds } from "../platform/clock.ts";
import { variable, type VariableName } from "../platform/environment.ts";
import { inInitPhase } from "../platform/init-phase.ts";
import { prepared } from "../platform/lazy.ts";
import type { LetterOrder } from "./letter-orders.ts";

const client = prepared(() => {
  const sqs = lean(new SQSClient(leanJsonOptions));
  inInitPhase(() => openConnection(sqs, new GetQueueUrlCommand({ QueueName: "-" })));
  return sqs;
});

const isUrgent = ({ kind }: LetterOrder): boolean => kind === "login" || kind === "activation";

const put = async (queue: VariableName, order: object, delaySeconds?: number): Promise<void> => {
  await client().send(
    new SendMessageCommand({
      QueueUrl: String(variable(queue)),
      MessageBody: JSON.stringify({ orderedAt: nowSeconds(), tries: 0, ...order }),
      DelaySeconds: delaySeconds,
    }),
  );
};

/** A failure fails the request, so that no caller is told to expect a letter that can't be sent. */
export const enqueueLetter = (order: LetterOrder, delaySeconds?: number): Promise<void> =>
  put(isUrgent(order) ? "MAIL_QUEUE_URL" : "NOTICE_QUEUE_URL", order, delaySeconds);

export const putAside = (order: LetterOrder): Promise<void> =>
  put(isUrgent(order) ? "MAIL_DEAD_LETTERS_URL" : "NOTICE_DEAD_LETTERS_URL", order);

export const parkingQueues = (name: "NOTICE" | "FEEDBACK") => ({
  queueAgain: (message: object, delaySeconds: number) => put(`${name}_QUEUE_URL`, message, delaySeconds),
  putAside: (message: object) => put(`${name}_DEAD_LETTERS_URL`, message),
});

export const longestDelaySeconds = 600;

/** Tells both mailboxes of a move from a lost one. The second order waits until the move is due. */
export const enqueueMove = async (
  move: { userId: string; moveId: string },
  enqueue: typeof enqueueLetter = enqueueLetter,
): Promise<void> => {
  await enqueue({ kind: "address_move_started", ...move });
  await enqueue({ kind: "address_move_due", ...move }, longestDelaySeconds);
};
