// Starts a stack for test files that look into it, break it or run commands beside it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "../../../infra/local/stack.ts";
import { allLettersSent } from "../mail/mail-queue.ts";
import { startLocalStack } from "./local-stack.ts";
import { pointAt } from "./target-urls.ts";

/** Commands that run in `folder` find the stack by its `.local/`, as they find `npm start`. */
type StackInFolder = Stack & { folder: string };
export type TestStack = StackInFolder & { remove: () => Promise<void> };
type Options = Omit<Parameters<typeof startLocalStack>[0], "dataDirectory">;

const startInFolder = async (folder: string, options: Options): Promise<StackInFolder> => ({
  ...(await startLocalStack({ ...options, dataDirectory: join(folder, ".local") })),
  folder,
});

export const startTestStack = async (options: Options = {}): Promise<TestStack> => {
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-stack-"));
  const stack = await startInFolder(folder, options);
  pointAt(stack);
  const remove = async () => {
    await stack.stop();
    rmSync(folder, { recursive: true });
  };
  return { ...stack, remove };
};

const sharedFolder = process.env["TEST_SHARED_STACKS"] ?? tmpdir();
const worker: typeof globalThis & { litAuthSharedStack?: Promise<StackInFolder> } = globalThis;

/**
 * Returns the stack that all files of this worker share: in a new one, each function starts cold.
 * It must be left as it was found. It ends with the worker's process.
 */
export const sharedStack = async (): Promise<StackInFolder> => {
  const folder = () => mkdtempSync(join(sharedFolder, "stack-"));
  const stack = await (worker.litAuthSharedStack ??= startInFolder(folder(), {
    returnFailedAfterSeconds: 1,
  }));
  pointAt(stack);
  // An earlier file may have failed half-way, or have left without waiting for its letters.
  stack.faults.clear();
  await allLettersSent(stack);
  return stack;
};
