import { SendRawEmailCommand, SESClient } from "@aws-sdk/client-ses";
import { deliverableAddress } from "../identity/email-address.ts";
import { lean, leanOptions } from "../platform/aws-client.ts";
import { patientHandler } from "../platform/aws-http.ts";
import { environment } from "../platform/environment.ts";
import type { Letter } from "../letters/render-letter.ts";
import { prepared } from "../platform/lazy.ts";
import { logInfo } from "../platform/logger.ts";
import { mimeMessage } from "./mime-message.ts";
import type { Recipient } from "./recipient.ts";

/** For a connection that was lost while idle. For SES's rate, an order waits in its queue. */
const maxAttempts = 2;

const client = prepared(() =>
  lean(new SESClient({ ...leanOptions, maxAttempts, requestHandler: patientHandler })),
);

/** `kind` is the letter's name. SES takes the sender from the message. */
export const sendEmail = async (
  { email, addressKey }: Recipient,
  kind: string,
  letter: Letter,
): Promise<void> => {
  const { MAIL_FROM, MAIL_REPLY_TO, PRODUCT_NAME, CONFIGURATION_SET } = environment(
    "MAIL_FROM",
    "MAIL_REPLY_TO",
    "PRODUCT_NAME",
    "CONFIGURATION_SET",
  );
  const to = deliverableAddress(email);
  if (to === undefined) throw new Error("the stored address is not deliverable");
  const replyTo = MAIL_REPLY_TO === "off" ? undefined : MAIL_REPLY_TO;
  const message = mimeMessage({ product: PRODUCT_NAME, from: MAIL_FROM, to, replyTo }, letter);
  const { MessageId: sesMessageId } = await client().send(
    new SendRawEmailCommand({
      Destinations: [to],
      RawMessage: { Data: Buffer.from(message) },
      ConfigurationSetName: CONFIGURATION_SET,
      Tags: [
        { Name: "recipient", Value: addressKey },
        { Name: "kind", Value: kind },
      ],
    }),
  );
  logInfo("letter", { kind, sesMessageId });
};
