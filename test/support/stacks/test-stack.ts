/** Starts an embedded stack for one test file, for tests that alter it, break it or run commands beside it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "../../../infra/local/stack.ts";
import { startLocalStack } from "./local-stack.ts";
import { pointAt } from "./urls.ts";

/** `folder` holds the stack's `.local/`, so commands that run there find the stack as they find `npm start`. */
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
