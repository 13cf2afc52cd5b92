import type { deliveryReasons, deliveryStates } from "../contract/delivery-schema.ts";
import type { FeedbackMessage } from "./feedback-message.ts";

export type Verdict = {
  state: (typeof deliveryStates)[number];
  reason: (typeof deliveryReasons)[number];
  /** The other server says that the mailbox does not exist. Only this stops code letters. */
  missing: boolean;
  /** SES counts it against the whole account. */
  charged: boolean;
};

/** SES's own lists give these subtypes, with the same status as a mailbox that does not exist. */
const suppressions = new Set(["Suppressed", "OnAccountSuppressionList"]);

const transient: ReadonlyMap<string, Verdict["reason"]> = new Map([
  ["MailboxFull", "mailbox_full"],
  ["MessageTooLarge", "message_refused"],
  ["ContentRejected", "message_refused"],
  ["AttachmentRejected", "message_refused"],
]);

/** `undefined` if the event says nothing of the mailbox, for example that its owner is away. */
export const verdictOf = (message: FeedbackMessage): Verdict | undefined => {
  if (message.event === "complaint")
    return { state: "complained", reason: "complaint", missing: false, charged: false };
  const { bounceType, bounceSubType, mailbox } = message;
  if (bounceType === "Permanent") {
    const charged = bounceSubType !== "OnAccountSuppressionList";
    if (suppressions.has(bounceSubType))
      return { state: "suppressed", reason: "suppression_list", missing: false, charged };
    const missing = mailbox === "missing" || bounceSubType === "NoEmail";
    return { state: "undeliverable", reason: missing ? "no_such_mailbox" : "refused", missing, charged };
  }
  const reason = bounceType === "Transient" ? transient.get(bounceSubType) : undefined;
  return reason && { state: "undeliverable", reason, missing: false, charged: false };
};
