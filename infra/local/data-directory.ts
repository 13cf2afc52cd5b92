import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UserError } from "../user-error.ts";

/** Unlike a pid file, this lock is released by the operating system even after a crash. */
export const lockDataDirectory = (dataDirectory: string): { unlock: () => void } => {
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    const lock = new DatabaseSync(path.join(dataDirectory, "lock"), { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
    // A killed run leaves it, and commands would believe it while this run starts.
    rmSync(path.join(dataDirectory, "stack.json"), { force: true });
    return { unlock: () => lock.close() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason.includes("locked")) {
      throw new UserError(`Another \`npm start\` uses ${dataDirectory}. Stop it first.`);
    }
    throw new UserError(
      `The folder ${dataDirectory} can't be used (${reason}). Make sure that you can write to it.`,
    );
  }
};

/** Tells operators' commands where the stack runs. Only the owner can read the file. */
export const announceStack = (dataDirectory: string, stack: Record<string, unknown>): (() => void) => {
  const file = path.join(dataDirectory, "stack.json");
  rmSync(file, { force: true });
  writeFileSync(file, JSON.stringify(stack, null, 2), { mode: 0o600 });
  return () => rmSync(file, { force: true });
};
