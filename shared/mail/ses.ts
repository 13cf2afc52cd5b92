import { SendEmailCommand, SESClient } from "@aws-sdk/client-ses";
import { deliverableAddress } from "../identity/email-address.ts";
import { lean, leanOptions } from "../platform/aws-client.ts";
import { patientHandler } from "../platform/aws-http.ts";
import { environment } from "../platform/environment.ts";
import type { Letter } from "../letters/render-letter.ts";
import { prepared } from "../platform/lazy.ts";
import type { Recipient } from "./recipient.ts";

/** For a connection that was lost while idle. For SES's rate, an order waits in its queue. */
const maxAttempts = 2;

const client = prepared(() =>
  lean(new SESClient({ ...leanOptions, maxAttempts, requestHandler: patientHandler })),
);

const utf8 = (text: string) => ({ Data: text, Charset: "UTF-8" });

/** Encodes the product's name as RFC 2047 asks, because it may be written in any script. */
const senderOf = (product: string, address: string): string =>
  `=?UTF-8?B?${Buffer.from(product).toString("base64")}?= <${address}>`;

export const sendEmail = async (
  { email, addressKey }: Recipient,
  kind: string,
  { subject, text, html }: Letter,
): Promise<void> => {
  const { MAIL_FROM, PRODUCT_NAME, CONFIGURATION_SET } = environment(
    "MAIL_FROM",
    "PRODUCT_NAME",
    "CONFIGURATION_SET",
  );
  const address = deliverableAddress(email);
  if (address === undefined) throw new Error("the stored address is not deliverable");
  await client().send(
    new SendEmailCommand({
      Source: senderOf(PRODUCT_NAME, MAIL_FROM),
      Destination: { ToAddresses: [address] },
      Message: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } },
      ConfigurationSetName: CONFIGURATION_SET,
      Tags: [
        { Name: "recipient", Value: addressKey },
        { Name: "kind", Value: kind },
      ],
    }),
  );
};
