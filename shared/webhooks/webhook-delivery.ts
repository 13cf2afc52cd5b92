// One try of one webhook. A person's events are tried in order: an event keeps its place for two
// quick tries, and then steps aside, so that it holds back neither later events nor other people.
import type { UserEvent } from "../events/user-event.ts";
import type { countMetric } from "../platform/metrics.ts";
import type { logInfo } from "../platform/logger.ts";
import type { Outcome, Handed } from "../platform/queue-consumer.ts";
import type { Reply } from "./post-webhook.ts";
import type { WebhookMessage } from "./webhook-message.ts";
import type { enqueueRetry, giveUp, keepPlace } from "./webhook-queue.ts";
import { nextTryAt, quickPauseSeconds, stepSeconds } from "./webhook-schedule.ts";

export type DeliveryDeps = {
  post: (event: UserEvent) => Promise<Reply>;
  enqueueRetry: typeof enqueueRetry;
  giveUp: typeof giveUp;
  keepPlace: typeof keepPlace;
  countMetric: typeof countMetric;
  logInfo: typeof logInfo;
  nowSeconds: () => number;
};

/** The message stays in its queue, because its function reports it as failed. */
class KeepsPlaceError extends Error {
  override name = "KeepsPlaceError";
}

type Failed = Extract<Reply, { outcome: "failed" }>;

const stepAside = async (message: WebhookMessage, reply: Failed, deps: DeliveryDeps): Promise<Outcome> => {
  const now = deps.nowSeconds();
  const dueAt = nextTryAt(message.tries, { now, askedSeconds: reply.askedSeconds });
  if (dueAt === undefined) {
    await deps.giveUp(message);
    deps.countMetric("WebhookGivenUp");
    return "given_up";
  }
  await deps.enqueueRetry({ ...message, dueAt }, stepSeconds(dueAt, now));
  return "later";
};

const afterFailure = async (
  message: WebhookMessage,
  reply: Failed,
  received: Handed,
  deps: DeliveryDeps,
): Promise<Outcome> => {
  deps.countMetric("WebhookFailed");
  if (message.tries > 0) return stepAside({ ...message, tries: message.tries + 1 }, reply, deps);
  const isFirst = received.receives <= 1;
  const waitsLong = (reply.askedSeconds ?? 0) > quickPauseSeconds;
  if (!isFirst || waitsLong) return stepAside({ ...message, tries: isFirst ? 1 : 2 }, reply, deps);
  await deps.keepPlace(received.receiptHandle, quickPauseSeconds);
  throw new KeepsPlaceError("the event is tried again in its place");
};

export const deliverWebhook = async (
  message: WebhookMessage,
  deps: DeliveryDeps,
  received: Handed,
): Promise<Outcome> => {
  const { event, dueAt = 0 } = message;
  const now = deps.nowSeconds();
  if (dueAt > now) {
    await deps.enqueueRetry(message, stepSeconds(dueAt, now));
    return "waiting";
  }
  const reply = await deps.post(event);
  const { outcome, status } = reply;
  deps.logInfo("webhook", { eventId: event.id, kind: event.type, userId: event.userId, outcome, status });
  if (reply.outcome === "failed") return afterFailure(message, reply, received, deps);
  deps.countMetric(outcome === "gone" ? "WebhookGone" : "WebhookDelivered");
  return outcome;
};
