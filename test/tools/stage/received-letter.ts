/** A message of the mailbox's queue → the letter in LocalStack's `/_aws/ses` shape, which the suite reads. */
import PostalMime from "postal-mime";
import * as z from "zod";

/** What an SNS action of SES publishes; `content` is the letter as it came, in base64. */
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
    // Letters travel with CRLF.
    Body: { text_part: (text ?? "").replaceAll("\r\n", "\n"), html_part: html ?? "" },
    Timestamp: mail.timestamp,
  };
};
export type ReceivedLetter = Awaited<ReturnType<typeof readLetter>>;
