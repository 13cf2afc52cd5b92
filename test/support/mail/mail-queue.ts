import type { Stack } from "../../../infra/local/stack.ts";
import { eventually } from "../assert/eventually.ts";
import { outputOf } from "../stacks/stack-outputs.ts";

/** Waits until the mail queue of an embedded stack has no letters to send. */
export const allLettersSent = (
  stack: Pick<Stack, "outputs" | "inspectQueue">,
  pauseMilliseconds = 20,
): Promise<true> => {
  const queueUrl = outputOf(stack, "MailQueueUrl");
  const queueName = queueUrl.slice(queueUrl.lastIndexOf("/") + 1);
  return eventually(
    "an empty mail queue",
    () => {
      const messages = stack.inspectQueue(queueName)?.messages;
      // An order of a move from a lost mailbox waits for three days.
      const delayed = messages?.delayed.filter(({ body }) => !body.includes("address_move_due")) ?? [];
      const count = messages && messages.ready.length + delayed.length + messages.inflight.length;
      return count === 0 || undefined;
    },
    { pauseMilliseconds },
  );
};
