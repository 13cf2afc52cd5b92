import { describe, expect, it } from "vitest";
import { verdictOf, type Verdict } from "../../../shared/mail/ses-answers.ts";

const errorOf = (name: string, message: string, httpStatusCode = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

// Names and messages as SES gives them. Its reference names few of them.
const answers: [Verdict, string, string, number?][] = [
  ["throttled", "Throttling", "Maximum sending rate exceeded."],
  ["throttled", "ThrottlingException", "Maximum sending rate exceeded."],
  ["throttled", "Throttling", "Rate exceeded"],
  ["throttled", "TooManyRequestsException", "Too Many Requests", 429],
  ["quota_exceeded", "Throttling", "Daily message quota exceeded."],
  ["quota_exceeded", "ThrottlingException", "Daily message quota exceeded"],
  ["quota_exceeded", "Throttling", "Daily sending quota exceeded"],
  ["quota_exceeded", "LimitExceededException", "Daily message quota exceeded."],
  ["quota_exceeded", "LimitExceeded", "The limit is reached"],
  ["sending_paused", "AccountSendingPausedException", "Email sending is disabled for your account."],
  [
    "sending_paused",
    "ConfigurationSetSendingPausedException",
    "Sending is disabled for configuration set <x>.",
  ],
  [
    "sending_paused",
    "MessageRejected",
    "Sending paused for this account. For more information, please check the inbox of the email address associated with your AWS account.",
  ],
  ["sending_paused", "AccountSuspendedException", "Your account is suspended"],
  ["unavailable", "ServiceUnavailable", "Service is unavailable, please try again.", 503],
  ["unavailable", "InternalFailure", "An error occurred", 500],
  [
    "refused",
    "MessageRejected",
    "Email address is not verified. The following identities failed the check in region EU-WEST-1: a@example.com",
  ],
  ["refused", "MessageRejected", "Address blacklisted."],
  ["refused", "MailFromDomainNotVerifiedException", "The MAIL FROM domain is not verified"],
  ["refused", "ConfigurationSetDoesNotExistException", "Configuration set <x> does not exist."],
  ["refused", "ConfigurationSetDoesNotExist", "Configuration set <x> does not exist."],
  ["refused", "InvalidParameterValue", "Local address contains control or whitespace"],
  ["refused", "InvalidParameterValue", "Domain ends with dot."],
  ["refused", "ValidationError", "1 validation error detected"],
  ["refused", "Error", "the stored address is not deliverable"],
  ["unavailable", "TimeoutError", "no connection within 1500 ms"],
  ["no_answer", "TimeoutError", "no answer within 6000 ms"],
  ["unknown", "AccessDenied", "User is not authorized to perform `ses:SendEmail`", 403],
  ["unknown", "SignatureDoesNotMatch", "The request signature we calculated does not match", 403],
  ["unknown", "Error", "read ECONNRESET"],
];

describe("an answer of SES", () => {
  it.each(answers)("means %s: %s, %s", (verdict, name, message, status) => {
    expect(verdictOf(errorOf(name, message, status))).toBe(verdict);
  });

  it.each(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"])(
    "can't be had without a connection, so nothing was sent: %s",
    (code) => {
      expect(verdictOf(Object.assign(new Error("connect"), { code }))).toBe("unavailable");
      expect(verdictOf(Object.assign(new AggregateError([]), { code }))).toBe("unavailable");
    },
  );

  it("that is no error says nothing", () => {
    expect(verdictOf("Throttling")).toBe("unknown");
  });
});
