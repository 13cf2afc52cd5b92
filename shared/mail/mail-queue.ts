// Orders hold only ids and pseudonyms, so that a dead-letter queue exposes no address or code.
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { lean, leanJsonOptions, openConnection } from "../platform/aws-client.ts";
import { variable } from "../platform/environment.ts";
import { inInitPhase } from "../platform/init-phase.ts";
import { prepared } from "../platform/lazy.ts";

export const letterOrder = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("activation"), addressKey: z.string(), otpRequestId: z.string() }),
  z.object({ kind: z.literal("login"), userId: z.string(), otpRequestId: z.string() }),
  z.object({
    kind: z.literal("password_reset"),
    addressKey: z.string(),
    otpRequestId: z.string(),
    /** The mailbox that the address is another spelling of. */
    spellingOf: z.string().optional(),
  }),
  z.object({ kind: z.literal("email_change"), userId: z.string(), otpRequestId: z.string() }),
  z.object({ kind: z.literal("email_change_undone"), userId: z.string() }),
  z.object({ kind: z.literal("password_changed"), userId: z.string(), byReset: z.boolean() }),
  z.object({ kind: z.literal("goodbye"), userId: z.string() }),
  z.object({ kind: z.literal("session_replayed"), userId: z.string() }),
  z.object({ kind: z.literal("rank_changed"), userId: z.string(), isStaff: z.boolean() }),
  z.object({ kind: z.literal("address_move_started"), userId: z.string(), moveId: z.string() }),
  z.object({ kind: z.literal("address_move_due"), userId: z.string(), moveId: z.string() }),
  z.object({ kind: z.literal("address_move_cancelled"), userId: z.string() }),
]);
export type LetterOrder = z.output<typeof letterOrder>;

const client = prepared(() => {
  const sqs = lean(new SQSClient(leanJsonOptions));
  inInitPhase(() => openConnection(sqs, new GetQueueUrlCommand({ QueueName: "-" })));
  return sqs;
});

/** A failure fails the request, so that no caller is told to expect a letter that can't be sent. */
export const enqueueLetter = async (order: LetterOrder, delaySeconds?: number): Promise<void> => {
  await client().send(
    new SendMessageCommand({
      QueueUrl: variable("MAIL_QUEUE_URL"),
      MessageBody: JSON.stringify(order),
      DelaySeconds: delaySeconds,
    }),
  );
};

/** Below the 15 minutes after which the mailer drops an order. SQS allows no more than that. */
export const longestDelaySeconds = 600;

/** Tells both mailboxes of a move from a lost one. The second order waits until the move is due. */
export const enqueueMove = async (
  move: { userId: string; moveId: string },
  enqueue: typeof enqueueLetter = enqueueLetter,
): Promise<void> => {
  await enqueue({ kind: "address_move_started", ...move });
  await enqueue({ kind: "address_move_due", ...move }, longestDelaySeconds);
};
