import type { Stack } from "../../../infra/local/stack.ts";

/**
 * Returns the counted AWS calls of functions by name and action, without those of the mailer. A
 * function reads a cached secret again after five minutes, so these reads are left out too.
 */
export const functionCalls = (stack: Pick<Stack, "calls">): Record<string, Record<string, number>> => {
  const { Mailer: _, MailerPoller: __, Feedback: ___, FeedbackPoller: ____, ...functions } = stack.calls();
  return Object.fromEntries(
    Object.entries(functions)
      .map(([name, counts]): [string, Record<string, number>] => [
        name,
        Object.fromEntries(
          Object.entries(counts).filter(([action]) => !action.startsWith("secretsmanager:")),
        ),
      ])
      .filter(([, counts]) => Object.keys(counts).length > 0),
  );
};
