// What the rules of the configuration set keep of an event of SES. It names no address: `recipient`
// is the pseudonym in the tag that the mailer has set.
import * as z from "zod";
import type { Received } from "../platform/queue-consumer.ts";

const tag = z.tuple([z.string().min(1)]).transform(([value]) => value);

const common = {
  messageId: z.string(),
  /** When the other server reported it, by its own clock. */
  at: z.iso.datetime({ offset: true }),
  /** When SES got the letter. */
  sentAt: z.iso.datetime({ offset: true }),
  recipient: tag,
  kind: tag,
};

export const feedbackMessage = z
  .discriminatedUnion("event", [
    z.object({
      event: z.literal("bounce"),
      ...common,
      bounceType: z.string(),
      bounceSubType: z.string(),
      /** `missing` if the status is 5.1.x: the other server says that it has no such mailbox. */
      mailbox: z.enum(["missing", "other"]).catch("other"),
    }),
    z.object({ event: z.literal("complaint"), ...common }),
  ])
  .transform(({ messageId, ...report }) => ({ ...report, sesMessageId: messageId }));
export type FeedbackMessage = z.output<typeof feedbackMessage>;

/** The other server's clock may be wrong: a time to come would stop the mailbox until then. */
export const timesOf = ({ at, sentAt }: FeedbackMessage, { queuedAt }: Received) => {
  const sentAtMilliseconds = Date.parse(sentAt);
  const reported = Math.max(Date.parse(at), sentAtMilliseconds);
  return { atMilliseconds: Math.min(reported, queuedAt * 1000 + 999), sentAtMilliseconds };
};
