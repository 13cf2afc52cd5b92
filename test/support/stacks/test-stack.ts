// Starts a stack for one test file that alters it, breaks it or runs commands beside it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "../../../infra/local/stack.ts";
import { startLocalStack } from "./local-stack.ts";
import { pointAt } from "./target-urls.ts";

/** Commands that run in `folder` find the stack by its `.local/`, as they find `npm start`. */
export type TestStack = Stack & { folder: string; remove: () => Promise<void> };

export const startTestStack = async (
  options: Omit<Parameters<typeof startLocalStack>[0], "dataDirectory"> = {},
): Promise<TestStack> => {
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-stack-"));
  const stack = await startLocalStack({ ...options, dataDirectory: join(folder, ".local") });
  pointAt(stack);
  const remove = async () => {
    await stack.stop();
    rmSync(folder, { recursive: true });
  };
  return { ...stack, folder, remove };
};
