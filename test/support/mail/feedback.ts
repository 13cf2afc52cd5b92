// Hands events of SES to the function that learns from them, as its queue would.
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Stack } from "../../../infra/local/stack.ts";
import { mailboxUrl } from "../stacks/target-urls.ts";
import { outputOf } from "../stacks/stack-outputs.ts";
import { documents } from "../store/documents.ts";

type Event = { recipient: string; kind?: string; at?: string; sentAt?: string };

const common = ({ recipient, kind = "login", at, sentAt = new Date().toISOString() }: Event) => ({
  messageId: "0100019a-1",
  at: at ?? sentAt,
  sentAt,
  recipient: [recipient],
  kind: [kind],
});

/** By default of a mailbox that does not exist. `recipient` is its pseudonym. */
export const bounceOf = ({
  bounceType = "Permanent",
  bounceSubType = "General",
  mailbox = "missing",
  ...event
}: Event & { bounceType?: string; bounceSubType?: string; mailbox?: "missing" | "other" }) => ({
  event: "bounce",
  ...common(event),
  bounceType,
  bounceSubType,
  mailbox,
});

export const complaintOf = (event: Event) => ({ event: "complaint", ...common(event) });

/** Fails if the function reports a failed message. */
export const feed = async (stack: Pick<Stack, "invoke">, ...messages: object[]): Promise<void> => {
  const outcome = await stack.invoke("Feedback", {
    Records: messages.map((message, index) => ({
      messageId: `message-${index}`,
      body: JSON.stringify(message),
      attributes: { SentTimestamp: String(Date.now()) },
      eventSource: "aws:sqs",
    })),
  });
  const answer = JSON.stringify(outcome);
  if (!answer.includes('"batchItemFailures":[]')) throw new Error(`feedback failed: ${answer}`);
};

/** Makes a letter come back, or be reported as spam, as the inbox's buttons do. */
export const report = async (letterId: string, what: "bounce" | "complaint"): Promise<void> => {
  const response = await fetch(`${mailboxUrl()}/${letterId}/${what}`, { method: "POST" });
  if (response.status !== 204) throw new Error(`${what} of ${letterId}: ${response.status}`);
};

/** As if this many letters had left, and bounces come back, within this hour. */
export const presetLetters = async (
  stack: Pick<Stack, "outputs">,
  sent: number,
  bounced: number,
): Promise<void> => {
  const now = Math.floor(Date.now() / 1000);
  const hourOfDay = Math.floor(now / 3_600) % 24;
  await documents().send(
    new UpdateCommand({
      TableName: outputOf(stack, "LimitsTable"),
      Key: { pk: `limit#all-letters#${Math.floor(now / 86_400)}` },
      UpdateExpression: "SET #sent = :sent, #bounced = :bounced",
      ExpressionAttributeNames: { "#sent": `sent${hourOfDay}`, "#bounced": `bounced${hourOfDay}` },
      ExpressionAttributeValues: { ":sent": sent, ":bounced": bounced },
    }),
  );
};
