import { expect, it } from "vitest";
import { learnFromFeedback } from "../../../functions/feedback.ts";
import { noAttributes } from "../../../shared/attributes/stored-attributes.ts";

const at = "2026-01-02T00:00:00.000Z";

it("keeps an invitation in a storm of bounces at its domain", async () => {
  const registration = {
    id: "id",
    username: "ada",
    email: "ada@example.com",
    addressKey: "address",
    ...noAttributes,
    passwordHash: "!",
    createdAt: 0,
    invitedBy: "root",
    expiresAt: 9_999_999_999,
  };
  const noted: unknown[] = [];
  const outcomeAt = (storms: readonly string[]) => {
    const removed: unknown[] = [];
    const deps = {
      addresses: { findByAddress: async () => ({ accountId: undefined, registration }) },
      users: { find: async () => undefined },
      registrations: { remove: async (one: unknown) => (removed.push(one), "removed" as const) },
      deliveries: {
        note: async (_: string, event: { stops: boolean }) => (noted.push(event.stops), "noted" as const),
      },
      charges: {
        isStorm: async (domainKey: string | undefined) =>
          domainKey !== undefined && storms.includes(domainKey),
        countMissing: async () => {},
        chargeUnproven: async () => {},
      },
      pseudonyms: { ofDomain: async (email: string) => email.slice(email.indexOf("@") + 1) },
      recordSecurityEvent: () => {},
    };
    const message = {
      event: "bounce" as const,
      sesMessageId: "m",
      bounceType: "Permanent",
      bounceSubType: "NoEmail",
      mailbox: "missing" as const,
      recipient: "address",
      kind: "invitation",
      at,
      sentAt: at,
    };
    return learnFromFeedback(message, deps, { queuedAt: Date.parse(at) / 1000 + 1, batch: "b" }).then(
      () => removed.length,
    );
  };
  expect(await outcomeAt(["example.com"])).toBe(0);
  expect(await outcomeAt(["example.org"])).toBe(1);
  expect(noted).toEqual([false, true]);
});
