import { ask } from "./terminal.ts";

/** `consequence` is one sentence. Without a terminal no one can answer, so it refuses. */
export const confirm = async (consequence: string): Promise<void> => {
  if (!process.stdin.isTTY)
    throw new Error(`${consequence} Nothing was changed. To do it without a question, add --yes.`);
  const answer = await ask(`${consequence}\nType yes to do it: `);
  if (answer.trim().toLowerCase() !== "yes") throw new Error("Cancelled. Nothing was changed.");
};
