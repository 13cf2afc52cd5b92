// Hands one order to the mailer as its queue would, to deliver it a second time.
import type { Stack } from "../../../infra/local/stack.ts";

export const deliverOrder = (stack: Pick<Stack, "invoke">, order: object) =>
  stack.invoke("Mailer", {
    Records: [
      {
        messageId: "message",
        body: JSON.stringify(order),
        attributes: { SentTimestamp: String(Date.now()) },
        eventSource: "aws:sqs",
      },
    ],
  });
