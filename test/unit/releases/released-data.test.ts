import { describe, expect, it } from "vitest";
import { feedbackMessage } from "../../../shared/delivery/feedback-message.ts";
import { parseDigestKeys, rotateDigestKeys } from "../../../shared/keys/digest-keys.ts";
import {
  parseSigningKeys,
  parseVerificationKeys,
  publishing,
  rotateSigningKeys,
} from "../../../shared/keys/signing-keys.ts";
import { storedCounters } from "../../../shared/limits/counters.ts";
import { letterOrder } from "../../../shared/mail/letter-orders.ts";
import { orLater } from "../../../shared/queues/later-messages.ts";
import { sessionItem } from "../../../shared/sessions/session-store.ts";
import { fixturesOf, releases } from "../../support/releases/fixtures.ts";

describe.each(releases)("data of version %s", (release) => {
  const { items, messages, secrets } = fixturesOf(release);

  it("has sessions and counters that this version reads", () => {
    for (const item of items.SESSIONS_TABLE)
      expect(sessionItem.parse(item)).toMatchObject({ userId: item["userId"] });
    const counters = items.LIMITS_TABLE.flatMap((item) => storedCounters(item, undefined));
    expect(counters.length).toBeGreaterThan(0);
  });

  it("has messages that are understood, or parked whole", () => {
    const letters = messages.letters.map((message) => orLater(letterOrder).parse(message));
    const reports = messages.feedback.map((message) => orLater(feedbackMessage).parse(message));
    const parked = [...letters, ...reports].filter((message) => "later" in message);
    const unknown = [...messages.letters, ...messages.feedback].filter((message) =>
      /"passkey_added"|"delay"/.test(JSON.stringify(message)),
    );
    expect(parked.map(({ later }) => later)).toEqual(unknown);
    expect(unknown).toHaveLength(release === "later" ? 2 : 0);
    expect(new Set(letters.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(13);
  });

  it("has key rings that keep all members in a rotation", () => {
    const [signing, verification, digest] = [secrets.signing, secrets.verification, secrets.digest].map(
      (secret) => JSON.stringify(secret),
    ) as [string, string, string];
    const ring = parseSigningKeys(signing);
    const next = { ...ring.next, kid: "kid9" };
    const rotated = rotateSigningKeys(ring, next, 1_795_692_030, 604_800);
    expect(Object.keys(rotated).toSorted()).toEqual(Object.keys(secrets.signing).toSorted());
    const kids = (keys: readonly { kid?: unknown }[]) => keys.map(({ kid }) => String(kid)).toSorted();
    const before = (secrets.verification as { keys: { kid: string }[] }).keys;
    const after: { keys: { kid: string }[] } = JSON.parse(publishing(rotated, verification));
    expect(kids(after.keys)).toEqual([...kids(before), "kid9"].toSorted());
    expect(parseVerificationKeys(verification).keys.map(({ kid }) => kid)).toEqual(["kid2", "kid1", "kid3"]);
    expect(Object.keys(rotateDigestKeys(parseDigestKeys(digest)))).toEqual(
      expect.arrayContaining(Object.keys(secrets.digest)),
    );
  });
});
