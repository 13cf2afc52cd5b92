// Reads one record of the stream of accounts. Its images hold addresses and hashes, so no error
// here repeats anything of it.
import * as z from "zod";
import type { Change } from "../events/derive-events.ts";
import { plain, type Item } from "../store/documents.ts";

type TypedItem = Parameters<typeof plain>[0];
const image = z.custom<TypedItem>((value) => typeof value === "object" && value !== null);

const streamRecord = z.object({
  eventSourceARN: z.string(),
  dynamodb: z.object({
    ApproximateCreationDateTime: z.number(),
    OldImage: image.optional(),
    NewImage: image.optional(),
    SequenceNumber: z.string(),
  }),
});

export type RecordChange = Omit<Change, "deletion">;

const asItem = (typed: TypedItem | undefined): Item | undefined => typed && plain(typed);

/** Returns nothing for a record that is not understood. */
export const changeIn = (record: unknown): RecordChange | undefined => {
  try {
    const { eventSourceARN, dynamodb } = streamRecord.parse(record);
    const { OldImage, NewImage, SequenceNumber, ApproximateCreationDateTime } = dynamodb;
    if (!OldImage && !NewImage) return undefined;
    return {
      oldImage: asItem(OldImage),
      newImage: asItem(NewImage),
      streamArn: eventSourceARN,
      sequenceNumber: SequenceNumber,
      at: Math.floor(ApproximateCreationDateTime),
    };
  } catch {
    return undefined;
  }
};

const positioned = z.object({
  eventSourceARN: z.string().catch(""),
  dynamodb: z.object({
    SequenceNumber: z.string().min(1),
    Keys: z
      .object({ pk: z.object({ S: z.string() }) })
      .optional()
      .catch(undefined),
  }),
});

/** Where a record is and whom it is about, even if the rest of it is not understood. */
export const positionOf = (record: unknown) => {
  const { success, data } = positioned.safeParse(record);
  if (!success) return undefined;
  const { SequenceNumber: sequenceNumber, Keys } = data.dynamodb;
  return { streamArn: data.eventSourceARN, sequenceNumber, pk: Keys?.pk.S };
};
