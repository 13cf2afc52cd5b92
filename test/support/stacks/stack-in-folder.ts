/** An embedded stack whose data lies in `.local/` of a folder of its own, where commands find it as they find `npm start`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stack } from "../../../infra/local/stack.ts";
import { startLocalStack } from "./local-stack.ts";
import { pointAt } from "./urls.ts";

export type StackInFolder = Stack & { folder: string; remove: () => Promise<void> };

export const startStackInFolder = async (
  options: Omit<Parameters<typeof startLocalStack>[0], "dataDirectory"> = {},
): Promise<StackInFolder> => {
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-folder-"));
  const stack = await startLocalStack({ ...options, dataDirectory: join(folder, ".local") });
  pointAt(stack);
  const remove = async () => {
    await stack.stop();
    rmSync(folder, { recursive: true });
  };
  return { ...stack, folder, remove };
};
