import { nowSeconds } from "../shared/platform/clock.ts";
import { logInfo } from "../shared/platform/logger.ts";
import { countMetric } from "../shared/platform/metrics.ts";
import { queueConsumer } from "../shared/platform/queue-consumer.ts";
import { postWebhook, receiver } from "../shared/webhooks/post-webhook.ts";
import { deliverWebhook, type DeliveryDeps } from "../shared/webhooks/webhook-delivery.ts";
import { webhookMessage } from "../shared/webhooks/webhook-message.ts";
import { enqueueRetry, giveUp, keepPlace } from "../shared/webhooks/webhook-queue.ts";

const buildDeps = (): DeliveryDeps => ({
  post: async (event) => postWebhook(event, await receiver()),
  enqueueRetry,
  giveUp,
  keepPlace,
  countMetric,
  logInfo,
  nowSeconds,
});

// The queue of first tries hands out one message at a time, so only later tries run side by side.
export const handler = await queueConsumer(webhookMessage, deliverWebhook, buildDeps, {
  processInParallel: true,
});
