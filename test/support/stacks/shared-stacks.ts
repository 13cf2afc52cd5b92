// Gives the shared stacks of all workers a folder, and removes it after the run.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const setup = (): (() => void) => {
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-stacks-"));
  // Workers inherit it.
  process.env["TEST_SHARED_STACKS"] = folder;
  // The processes of a stack end just after its worker, and may still write.
  return () => rmSync(folder, { recursive: true, maxRetries: 10, retryDelay: 200 });
};
