import { describe, expect, it } from "vitest";
import { feedbackMessage } from "../../../shared/delivery/feedback-message.ts";
import { verdictOf } from "../../../shared/delivery/feedback-verdict.ts";

const verdict = (event: object) =>
  verdictOf(
    feedbackMessage.parse({
      messageId: "m",
      at: "2026-11-26T03:00:01.000Z",
      sentAt: "2026-11-26T03:00:00Z",
      recipient: ["k"],
      kind: ["login"],
      ...event,
    }),
  );
const bounce = (bounceType: string, bounceSubType: string, mailbox = "other") =>
  verdict({ event: "bounce", bounceType, bounceSubType, mailbox });

describe("verdict on a mailbox", () => {
  it("is that it is missing only if the other server says so", () => {
    const missing = { state: "undeliverable", reason: "no_such_mailbox", missing: true, charged: true };
    expect(bounce("Permanent", "General", "missing")).toEqual(missing);
    expect(bounce("Permanent", "NoEmail")).toEqual(missing);
    expect(bounce("Permanent", "General")).toEqual({
      state: "undeliverable",
      reason: "refused",
      missing: false,
      charged: true,
    });
  });

  it("is suppressed if one of SES's lists refused, for any status", () => {
    for (const subtype of ["Suppressed", "OnAccountSuppressionList"])
      expect(bounce("Permanent", subtype, "missing")).toEqual({
        state: "suppressed",
        reason: "suppression_list",
        missing: false,
        // SES doesn't count what its list of the account holds back.
        charged: subtype === "Suppressed",
      });
  });

  it("tells full mailboxes and refused messages apart", () => {
    expect(bounce("Transient", "MailboxFull")).toMatchObject({ reason: "mailbox_full", missing: false });
    for (const subtype of ["MessageTooLarge", "ContentRejected", "AttachmentRejected"])
      expect(bounce("Transient", subtype)).toMatchObject({ reason: "message_refused", missing: false });
  });

  it("is none for passing troubles and automatic replies", () => {
    for (const [type, subtype] of [
      ["Transient", "General"],
      ["Undetermined", "Undetermined"],
      ["Transient", "constructor"],
      ["A later type", "General"],
    ] as const) {
      expect(bounce(type, subtype)).toBeUndefined();
      expect(bounce(type, subtype, "missing")).toBeUndefined();
    }
  });

  it("of a complaint never says that the mailbox is missing", () => {
    expect(verdict({ event: "complaint" })).toEqual({
      state: "complained",
      reason: "complaint",
      missing: false,
      charged: false,
    });
  });
});
