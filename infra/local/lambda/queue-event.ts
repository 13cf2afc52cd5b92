import * as z from "zod";
import type { Outcome } from "./execution-environment.ts";
import { region } from "../aws/local-account.ts";

const messageAttribute = z.object({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
const messageSchema = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  MD5OfBody: z.string(),
  Attributes: z.record(z.string(), z.string()).default({}),
  MessageAttributes: z.record(z.string(), messageAttribute).default({}),
});
export type Message = z.output<typeof messageSchema>;
export const receivedSchema = z.object({ Messages: z.array(messageSchema).default([]) });
const failuresSchema = z.object({
  batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish(),
});

export const toRecord = (message: Message, queueArn: string) => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: message.Attributes,
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        stringValue: StringValue,
        binaryValue: BinaryValue,
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  ),
  md5OfBody: message.MD5OfBody,
  eventSource: "aws:sqs",
  eventSourceARN: queueArn,
  awsRegion: region,
});

/** An answer that is invalid or names an unknown message fails the whole batch. */
export const handled = (
  messages: readonly Message[],
  outcome: Outcome,
  reportsFailures: boolean,
): Message[] => {
  if ("error" in outcome) return [];
  if (!reportsFailures || outcome.payload === null || outcome.payload === "") return [...messages];
  const parsed = failuresSchema.safeParse(outcome.payload);
  if (!parsed.success) return [];
  const failed = new Set((parsed.data.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  const known = new Set(messages.map(({ MessageId }) => MessageId));
  if ([...failed].some((id) => !known.has(id))) return [];
  return messages.filter(({ MessageId }) => !failed.has(MessageId));
};
