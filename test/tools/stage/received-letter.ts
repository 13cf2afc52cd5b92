// Converts a message of the mailbox's queue to LocalStack's `/_aws/ses` format for test/api.
import PostalMime from "postal-mime";
import * as z from "zod";

/** The message that an SNS action of SES publishes. `content` is the raw letter in base64. */
const notification = z.object({
  mail: z.object({ messageId: z.string(), timestamp: z.string(), source: z.string() }),
  receipt: z.object({ recipients: z.array(z.string()) }),
  content: z.base64(),
});

export const readLetter = async (message: string) => {
  const { mail, receipt, content } = notification.parse(JSON.parse(message));
  const { subject, text, html, from } = await PostalMime.parse(Buffer.from(content, "base64"));
  return {
    Id: mail.messageId,
    Source: from?.address ?? mail.source,
    Destination: { ToAddresses: receipt.recipients },
    Subject: subject ?? "",
    // SMTP uses CRLF.
    Body: { text_part: (text ?? "").replaceAll("\r\n", "\n"), html_part: html ?? "" },
    Timestamp: mail.timestamp,
  };
};
export type ReceivedLetter = Awaited<ReturnType<typeof readLetter>>;
