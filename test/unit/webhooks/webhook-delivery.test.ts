// Runs the consumer on virtual queues with a virtual clock: one in order for each person, and one
// for later tries.
import { describe, expect, it } from "vitest";
import type { UserEvent } from "../../../shared/events/user-event.ts";
import type { Reply } from "../../../shared/webhooks/post-webhook.ts";
import { deliverWebhook } from "../../../shared/webhooks/webhook-delivery.ts";
import { webhookMessage, type WebhookMessage } from "../../../shared/webhooks/webhook-message.ts";
import { askedSecondsIn, nextTryAt } from "../../../shared/webhooks/webhook-schedule.ts";

const start = 1_767_225_600;
const [minute, hour] = [60, 3_600];

const eventOf = (userId: string, version: number): UserEvent => ({
  id: `evt_${userId}${version}`,
  type: "user.updated",
  at: start,
  userId,
  version,
});

type Waiting = { message: WebhookMessage; at: number; receives: number; inOrder: boolean };
type Tried = { id: string; at: number };

const simulate = async (events: UserEvent[], answer: (event: UserEvent, now: number) => Reply) => {
  let now = start;
  const tried: Tried[] = [];
  const counted: string[] = [];
  const dead: WebhookMessage[] = [];
  const longestDelays: number[] = [];
  let waiting: Waiting[] = events.map((event) => ({
    message: webhookMessage.parse({ kind: "webhook", event }),
    at: start,
    receives: 0,
    inOrder: true,
  }));
  // A person's later message waits while an earlier one keeps its place.
  const isBlocked = (one: Waiting) =>
    one.inOrder &&
    waiting
      .slice(0, waiting.indexOf(one))
      .some(({ inOrder, message }) => inOrder && message.event.userId === one.message.event.userId);
  const take = () => waiting.filter((one) => !isBlocked(one)).toSorted((a, b) => a.at - b.at)[0];

  for (let one = take(); one; one = take()) {
    const current = one;
    now = Math.max(now, current.at);
    current.receives += 1;
    let kept = false;
    const deps = {
      post: async (event: UserEvent) => {
        tried.push({ id: event.id, at: now - start });
        return answer(event, now);
      },
      enqueueRetry: async (message: WebhookMessage, delay: number) => {
        longestDelays.push(delay);
        const again = webhookMessage.parse(JSON.parse(JSON.stringify(message)));
        waiting.push({ message: again, at: now + delay, receives: 0, inOrder: false });
      },
      giveUp: async (message: WebhookMessage) => void dead.push(message),
      keepPlace: async (_: string, seconds: number) => {
        kept = true;
        current.at = now + seconds;
      },
      countMetric: (name: string) => void counted.push(name),
      logInfo: () => {},
      nowSeconds: () => now,
    };
    const received = { batch: "b", queuedAt: now, receives: current.receives, receiptHandle: "handle" };
    const failed = await deliverWebhook(current.message, deps, received).then(
      () => false,
      () => true,
    );
    expect(failed).toBe(kept);
    if (!failed) waiting = waiting.filter((other) => other !== current);
  }
  return { tried, counted, dead, longestDelays };
};

const failed: Reply = { outcome: "failed", status: 500 };
const delivered: Reply = { outcome: "delivered", status: 204 };

describe("webhook that fails", () => {
  it("is tried by the schedule of the specification, then given up", async () => {
    const { tried, dead, counted, longestDelays } = await simulate([eventOf("a", 1)], () => failed);
    const pauses = tried.slice(1).map(({ at }, index) => at - (tried[index]?.at ?? 0));
    expect(tried[0]?.at).toBe(0);
    expect(pauses).toEqual([
      5,
      5 * minute,
      30 * minute,
      ...[2, 5, 10, 14, 20, 24].map((hours) => hours * hour),
    ]);
    expect(dead).toMatchObject([{ event: { id: "evt_a1" } }]);
    expect(counted.at(-1)).toBe("WebhookGivenUp");
    expect(Math.max(...longestDelays)).toBeLessThanOrEqual(900);
  });

  it("holds back neither later events of the person nor other people", async () => {
    const events = [eventOf("a", 1), eventOf("b", 1), eventOf("a", 2), eventOf("b", 2)];
    const { tried } = await simulate(events, ({ id }, now) =>
      id === "evt_a1" && now < start + hour ? failed : delivered,
    );
    expect(tried.filter(({ id }) => id.startsWith("evt_b"))).toEqual([
      { id: "evt_b1", at: 0 },
      { id: "evt_b2", at: 0 },
    ]);
    // Two quick tries, and then the next event of the same person goes on.
    expect(tried.filter(({ id }) => id.startsWith("evt_a"))).toEqual([
      { id: "evt_a1", at: 0 },
      { id: "evt_a1", at: 5 },
      { id: "evt_a2", at: 5 },
      { id: "evt_a1", at: 5 + 5 * minute },
      { id: "evt_a1", at: 5 + 35 * minute },
      { id: "evt_a1", at: 5 + 35 * minute + 2 * hour },
    ]);
  });

  it("keeps its place before later events if the second try succeeds", async () => {
    const { tried, longestDelays } = await simulate([eventOf("a", 1), eventOf("a", 2)], ({ id }, now) =>
      id === "evt_a1" && now < start + 3 ? failed : delivered,
    );
    expect(tried).toEqual([
      { id: "evt_a1", at: 0 },
      { id: "evt_a1", at: 5 },
      { id: "evt_a2", at: 5 },
    ]);
    expect(longestDelays).toEqual([]);
  });

  it("steps aside at once if the receiver asks for more than seconds", async () => {
    const { tried } = await simulate([eventOf("a", 1), eventOf("a", 2)], ({ id }, now) =>
      id === "evt_a1" && now === start ? { ...failed, askedSeconds: 120 } : delivered,
    );
    expect(tried).toEqual([
      { id: "evt_a1", at: 0 },
      { id: "evt_a2", at: 0 },
      { id: "evt_a1", at: 120 },
    ]);
  });

  it("ends with 410, which concerns this event only", async () => {
    const { tried, dead, counted } = await simulate([eventOf("a", 1), eventOf("a", 2)], ({ version }) =>
      version === 1 ? { outcome: "gone", status: 410 } : delivered,
    );
    expect(tried.map(({ id }) => id)).toEqual(["evt_a1", "evt_a2"]);
    expect([dead, counted]).toEqual([[], ["WebhookGone", "WebhookDelivered"]]);
  });
});

describe("Retry-After", () => {
  it.each([
    ["120", 120],
    [" 0 ", 0],
    ["Thu, 01 Jan 2026 00:01:00 GMT", 60],
    ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
    ["-5", undefined],
    ["soon", undefined],
    ["", undefined],
    [null, undefined],
  ])("%s means %s seconds", (header, seconds) => {
    expect(askedSecondsIn(header, start)).toBe(seconds);
  });

  it("lengthens a pause up to a day, and never shortens one", () => {
    expect(nextTryAt(2, { now: 0, askedSeconds: 1_000 })).toBe(1_000);
    expect(nextTryAt(2, { now: 0, askedSeconds: 1 })).toBe(5 * minute);
    expect(nextTryAt(2, { now: 0, askedSeconds: 10 ** 9 })).toBe(24 * hour);
  });
});
