// Codes for which people wait to sign in or activate never wait for other letters.
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { lean, leanJsonOptions, openConnection } from "../platform/aws-client.ts";
import { nowSeconds } from "../platform/clock.ts";
import { variable, type VariableName } from "../platform/environment.ts";
import { inInitPhase } from "../platform/init-phase.ts";
import { prepared } from "../platform/lazy.ts";
import { causeRequestId } from "../platform/logger.ts";
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
      MessageBody: JSON.stringify({
        orderedAt: nowSeconds(),
        tries: 0,
        causeRequestId: causeRequestId(),
        ...order,
      }),
      DelaySeconds: delaySeconds,
    }),
  );
};

/** A failure fails the request, so that no caller is told to expect a letter that can't be sent. */
export const enqueueLetter = (order: LetterOrder, delaySeconds?: number): Promise<void> =>
  put(isUrgent(order) ? "MAIL_QUEUE_URL" : "NOTICE_QUEUE_URL", order, delaySeconds);

export const putAside = (order: LetterOrder): Promise<void> =>
  put(isUrgent(order) ? "MAIL_DEAD_LETTERS_URL" : "NOTICE_DEAD_LETTERS_URL", order);

const parkingIn = (queue: VariableName, deadLetters: VariableName) => ({
  queueAgain: (message: object, delaySeconds: number) => put(queue, message, delaySeconds),
  putAside: (message: object) => put(deadLetters, message),
});
/** Nothing says how urgent an unknown letter is, so it waits with the notices. */
export const parkedLetters = () => parkingIn("NOTICE_QUEUE_URL", "NOTICE_DEAD_LETTERS_URL");
export const parkedReports = () => parkingIn("FEEDBACK_QUEUE_URL", "FEEDBACK_DEAD_LETTERS_URL");

export const longestDelaySeconds = 600;

/** Tells both mailboxes of a move from a lost one. The second order waits until the move is due. */
export const enqueueMove = async (
  move: { userId: string; moveId: string },
  enqueue: typeof enqueueLetter = enqueueLetter,
): Promise<void> => {
  await enqueue({ kind: "address_move_started", ...move });
  await enqueue({ kind: "address_move_due", ...move }, longestDelaySeconds);
};
