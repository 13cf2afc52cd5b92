// Hands one order to the mailer as its queue would, for example a second time or late.
import type { Stack } from "../../../infra/local/stack.ts";
import { nowSeconds } from "../../../shared/platform/clock.ts";

export const deliverOrder = (stack: Pick<Stack, "invoke">, order: object, ageSeconds = 0) =>
  stack.invoke("Mailer", {
    Records: [
      {
        messageId: "message",
        body: JSON.stringify({ orderedAt: nowSeconds() - ageSeconds, ...order }),
        attributes: { SentTimestamp: String(Date.now()) },
        eventSource: "aws:sqs",
      },
    ],
  });
