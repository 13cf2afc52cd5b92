// Hands one order to the mailer as its queue would, for example a second time or late.
import type { Stack } from "../../../infra/local/stack.ts";

export const deliverOrder = (stack: Pick<Stack, "invoke">, order: object, ageSeconds = 0) =>
  stack.invoke("Mailer", {
    Records: [
      {
        messageId: "message",
        body: JSON.stringify(order),
        attributes: { SentTimestamp: String(Date.now() - ageSeconds * 1000) },
        eventSource: "aws:sqs",
      },
    ],
  });
