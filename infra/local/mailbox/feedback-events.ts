// What SES reports about a letter, in the shape of its events.
import { randomUUID } from "node:crypto";
import { accountId, arn, region } from "../aws/local-account.ts";
import { bareAddress } from "./addresses.ts";
import type { StoredEmail } from "./mailbox-files.ts";

type Bounce = {
  event: "bounce";
  type: "Permanent" | "Transient";
  subType: string;
  status?: string;
  diagnosticCode?: string;
};
export type Feedback = Bounce | { event: "complaint" };
export type SesEvent = {
  source: "aws.ses";
  detailType: string;
  resources: string[];
  detail: Record<string, unknown>;
};

export const hardBounce: Feedback = {
  event: "bounce",
  type: "Permanent",
  subType: "General",
  status: "5.1.1",
  diagnosticCode: "smtp; 550 5.1.1 user unknown",
};
export const complaint: Feedback = { event: "complaint" };
const notSent = (subType: string): Feedback => ({
  event: "bounce",
  type: "Permanent",
  subType,
  status: "5.1.1",
  diagnosticCode: "Amazon SES did not send the message to this address, because it is on a suppression list.",
});
export const onAccountList = notSent("OnAccountSuppressionList");

const simulated: Record<string, Feedback> = {
  bounce: hardBounce,
  complaint,
  ooto: { event: "bounce", type: "Transient", subType: "General" },
  suppressionlist: notSent("Suppressed"),
};

const simulatorAddress = /^([^@+]+)(?:\+[^@]*)?@simulator\.amazonses\.com$/i;
export const isSimulator = (address: string): boolean => simulatorAddress.test(address);

/** What an address of SES's mailbox simulator stands for. `success` reports a delivery only. */
export const simulatedFeedback = (address: string): Feedback | undefined =>
  simulated[simulatorAddress.exec(address)?.[1]?.toLowerCase() ?? ""];

const mailOf = ({ id, source, to, tags, subject, sentAt, headers, configurationSet }: StoredEmail) => ({
  timestamp: sentAt,
  source,
  sourceArn: arn("ses", `identity/${bareAddress(source)}`),
  sendingAccountId: accountId,
  messageId: id,
  destination: to,
  headersTruncated: false,
  headers,
  commonHeaders: { from: [source], to, messageId: id, subject },
  tags: {
    "ses:operation": ["SendRawEmail"],
    "ses:configuration-set": [configurationSet],
    "ses:source-ip": ["127.0.0.1"],
    "ses:from-domain": [bareAddress(source).split("@")[1]],
    "ses:caller-identity": ["local"],
    ...Object.fromEntries(tags.map(({ Name, Value }) => [Name, [Value]])),
  },
});

export const eventOf = (email: StoredEmail, recipient: string, feedback: Feedback): SesEvent => {
  const common = { feedbackId: randomUUID(), timestamp: new Date().toISOString() };
  const resources = [arn("ses", `configuration-set/${email.configurationSet}`)];
  const mail = mailOf(email);
  if (feedback.event === "complaint")
    return {
      source: "aws.ses",
      detailType: "Email Complaint Received",
      resources,
      detail: {
        eventType: "Complaint",
        mail,
        complaint: {
          ...common,
          complaintSubType: null,
          complainedRecipients: [{ emailAddress: recipient }],
          userAgent: "Amazon SES Mailbox Simulator",
          complaintFeedbackType: "abuse",
          arrivalDate: common.timestamp,
        },
      },
    };
  const { type, subType, status, diagnosticCode } = feedback;
  const reported = status === undefined ? {} : { action: "failed", status, diagnosticCode };
  return {
    source: "aws.ses",
    detailType: "Email Bounced",
    resources,
    detail: {
      eventType: "Bounce",
      mail,
      bounce: {
        ...common,
        bounceType: type,
        bounceSubType: subType,
        bouncedRecipients: [{ emailAddress: recipient, ...reported }],
        reportingMTA: `dns; ${region}.local`,
      },
    },
  };
};
