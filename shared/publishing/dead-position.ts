// What lies in the dead letters of the stream: positions in it, and never what stands there.
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { variable } from "../platform/environment.ts";
import { sqs } from "../webhooks/sqs-client.ts";

/** The form in which Lambda itself writes it. `userId` is our addition. */
export const deadPosition = z.object({
  DDBStreamBatchInfo: z.object({
    streamArn: z.string(),
    shardId: z.string().optional(),
    startSequenceNumber: z.string(),
    endSequenceNumber: z.string(),
    batchSize: z.number().default(1),
    approximateArrivalOfFirstRecord: z.string().optional(),
  }),
  userId: z.string().optional(),
});
export type DeadPosition = z.output<typeof deadPosition>;

type Place = { streamArn: string; sequenceNumber: string; userId: string | undefined };

export const putPositionAside = async ({ streamArn, sequenceNumber, userId }: Place): Promise<void> => {
  const position: DeadPosition = {
    DDBStreamBatchInfo: {
      streamArn,
      startSequenceNumber: sequenceNumber,
      endSequenceNumber: sequenceNumber,
      batchSize: 1,
    },
    userId,
  };
  const QueueUrl = variable("EVENTS_DEAD_LETTERS_URL");
  await sqs().send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(position) }));
};
