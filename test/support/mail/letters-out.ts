/** The mail queue of an embedded stack, and when it is empty: what the mailer does must not fall into what comes next. */
import type { Stack } from "../../../infra/local/stack.ts";
import { eventually } from "../assert/eventually.ts";

export const outputOf = ({ outputs }: Pick<Stack, "outputs">, name: string): string => {
  const found = Object.entries(outputs).find(([key]) => key.endsWith(`.${name}`));
  if (!found) throw new Error(`the templates have no output ${name}`);
  return found[1];
};

export const allLettersOut = (
  stack: Pick<Stack, "outputs" | "inspectQueue">,
  pauseMilliseconds = 20,
): Promise<true> => {
  const queueUrl = outputOf(stack, "MailQueueUrl");
  const queueName = queueUrl.slice(queueUrl.lastIndexOf("/") + 1);
  return eventually(
    "an empty mail queue",
    () => {
      const messages = stack.inspectQueue(queueName)?.messages;
      const count = messages && messages.ready.length + messages.delayed.length + messages.inflight.length;
      return count === 0 || undefined;
    },
    { pauseMilliseconds },
  );
};
