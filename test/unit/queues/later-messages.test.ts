import { describe, expect, it } from "vitest";
import { feedbackMessage } from "../../../shared/delivery/feedback-message.ts";
import { letterOrder } from "../../../shared/mail/letter-orders.ts";
import { orLater, parkingLater } from "../../../shared/queues/later-messages.ts";

const day = 86_400;

/** Passes a message on until it is done, and returns the delays. */
const follow = async (message: object, { finish = Infinity } = {}) => {
  let now = 1_000;
  let waiting: object | undefined = message;
  const [delays, aside]: [number[], object[]] = [[], []];
  const [schema, consume] = parkingLater(
    letterOrder,
    async () => "sent",
    {
      queueAgain: async (again: object, delaySeconds: number) => {
        delays.push(delaySeconds);
        waiting = again;
        now += delaySeconds;
      },
      putAside: async (own: object) => void aside.push(own),
    },
    () => now,
  );
  while (waiting && delays.length < finish) {
    const parsed = schema.parse(JSON.parse(JSON.stringify(waiting)));
    waiting = undefined;
    await consume(parsed, {}, { batch: "b", queuedAt: now });
  }
  return { delays, aside, now, waiting };
};

describe("message of a later version", () => {
  const later = { kind: "passkey_added", userId: "u", orderedAt: 7, newMember: { a: [1] } };

  it("waits for a day in growing steps, then is put aside", async () => {
    const { delays, aside, now } = await follow(later);
    expect(delays.slice(0, 7)).toEqual([15, 15, 30, 60, 120, 240, 480]);
    expect(Math.max(...delays)).toBe(900);
    expect(now - 1_000).toBeGreaterThan(day);
    expect(now - 1_000).toBeLessThan(day + 1_000);
    expect(aside).toEqual([later]);
  });

  it("keeps everything for the code that knows it", async () => {
    const { waiting } = await follow(later, { finish: 3 });
    expect(waiting).toEqual({ ...later, parkedAt: 1_000 });
  });

  const schema = orLater(letterOrder);

  it("of a known kind loses only members that this version doesn't read", () => {
    const order = { kind: "goodbye", userId: "u", orderedAt: 1 };
    expect(schema.parse({ ...order, later: true, parkedAt: 5 })).toEqual(order);
  });

  it("is none if it is broken or has no kind", () => {
    for (const broken of [
      { kind: "goodbye" },
      { kind: 7 },
      { kind: "<a@b.example>" },
      {},
      null,
      "x",
      { kind: "login", userId: 5 },
    ])
      expect(schema.safeParse(broken).success, JSON.stringify(broken)).toBe(false);
  });

  it("may be a report of SES", () => {
    const report = { event: "delay", messageId: "m", recipient: ["r"], kind: ["login"] };
    const reports = orLater(feedbackMessage);
    expect(reports.parse(report)).toEqual({ kind: "delay", later: report });
    expect(reports.safeParse({ ...report, event: "complaint" }).success).toBe(false);
  });
});
