// Implements SES v1's `SendEmail` over the Query protocol (form in, XML out).
import { randomBytes } from "node:crypto";
import type { Mailbox } from "./mailbox-files.ts";
import { type ServiceAnswer, ServiceError } from "../aws/service-error.ts";

const members = (form: URLSearchParams, list: string): string[] =>
  [...form].flatMap(([name, value]) => (name.startsWith(`Destination.${list}.member.`) ? [value] : []));

export const bareAddress = (source: string): string => /<([^<>]+)>\s*$/.exec(source)?.[1] ?? source.trim();

const isDeliverable = (address: string): boolean => /^[\x21-\x7e]+@[\x21-\x7e]+$/.test(address);

export const sendEmail = (form: URLSearchParams, mailbox: Mailbox, requestId: string): ServiceAnswer => {
  if (form.get("Action") !== "SendEmail") {
    throw new ServiceError("InvalidAction", `${form.get("Action")} is not supported locally`);
  }
  const to = ["ToAddresses", "CcAddresses", "BccAddresses"].flatMap((list) => members(form, list));
  if (to.length === 0) throw new ServiceError("InvalidParameterValue", "Missing required header 'To'.");
  const source = form.get("Source") ?? "";
  for (const address of [source, ...to].map(bareAddress)) {
    if (!isDeliverable(address))
      throw new ServiceError("InvalidParameterValue", "Local address contains control or whitespace");
  }
  const sentAt = new Date();
  const id = `${sentAt.getTime().toString(16)}-${randomBytes(12).toString("hex")}`;
  mailbox.add({
    id,
    source,
    to,
    subject: form.get("Message.Subject.Data") ?? "",
    text: form.get("Message.Body.Text.Data") ?? undefined,
    html: form.get("Message.Body.Html.Data") ?? undefined,
    sentAt: sentAt.toISOString(),
  });
  return {
    status: 200,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: `<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult><MessageId>${id}</MessageId></SendEmailResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></SendEmailResponse>`,
  };
};
