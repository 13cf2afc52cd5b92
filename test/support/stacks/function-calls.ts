import type { Stack } from "../../../infra/local/stack.ts";

/** These work after the answer. */
const background = new Set(["Mailer", "Feedback", "Events", "SendWebhook"]);

/**
 * Returns the counted AWS calls of functions by name and action, without those of pollers and of
 * functions that no caller waits for. A function reads a cached secret again after five minutes, so
 * these reads are left out too.
 */
export const functionCalls = (stack: Pick<Stack, "calls">): Record<string, Record<string, number>> =>
  Object.fromEntries(
    Object.entries(stack.calls())
      .filter(([name]) => !background.has(name) && !name.endsWith("Poller"))
      .map(([name, counts]): [string, Record<string, number>] => [
        name,
        Object.fromEntries(
          Object.entries(counts).filter(([action]) => !action.startsWith("secretsmanager:")),
        ),
      ])
      .filter(([, counts]) => Object.keys(counts).length > 0),
  );
