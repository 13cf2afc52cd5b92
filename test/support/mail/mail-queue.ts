import type { Stack } from "../../../infra/local/stack.ts";
import { eventually } from "../assert/eventually.ts";
import { outputOf } from "../stacks/stack-outputs.ts";

type QueueOutput = `${"Mail" | "Notice" | "Feedback"}${"QueueUrl" | "DeadLettersUrl"}`;

export const messagesIn = (stack: Pick<Stack, "outputs" | "inspectQueue">, output: QueueOutput) => {
  const name = outputOf(stack, output).split("/").at(-1) ?? "";
  return stack.inspectQueue(name)?.messages ?? { ready: [], delayed: [], inflight: [] };
};

/** Waits until the mail queues of an embedded stack have no letters to send. */
export const allLettersSent = (
  stack: Pick<Stack, "outputs" | "inspectQueue">,
  pauseMilliseconds = 20,
): Promise<true> => {
  const isEmpty = (output: QueueOutput) => {
    const { ready, delayed, inflight } = messagesIn(stack, output);
    // An order of a move from a lost mailbox waits for three days.
    const letters = delayed.filter(({ body }) => !body.includes("address_move_due"));
    return ready.length + letters.length + inflight.length === 0;
  };
  return eventually(
    "empty mail queues",
    () => (isEmpty("MailQueueUrl") && isEmpty("NoticeQueueUrl")) || undefined,
    { pauseMilliseconds },
  );
};
