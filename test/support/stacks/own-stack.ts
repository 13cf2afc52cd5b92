/** An embedded stack of a test file's own, for what is done to it: faults, altered templates, the killing of processes. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "../../../infra/local/stack.ts";
import { startLocalStack } from "./local-stack.ts";
import { pointAt } from "./urls.ts";

export type OwnStack = Stack & { remove: () => Promise<void> };

export const startOwnStack = async (
  options: Omit<Parameters<typeof startLocalStack>[0], "dataDirectory"> = {},
): Promise<OwnStack> => {
  const directory = mkdtempSync(join(tmpdir(), "lit-auth-stack-"));
  const stack = await startLocalStack({ ...options, dataDirectory: directory });
  pointAt(stack);
  return {
    ...stack,
    remove: async () => {
      await stack.stop();
      rmSync(directory, { recursive: true });
    },
  };
};
