/** The folder that holds all local data, used by one runner at a time. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UserError } from "../user-error.ts";

/** The operating system drops this lock when its holder ends, in whatever way: no pid file that could lie. */
export const lockDataDirectory = (dataDirectory: string): { unlock: () => void } => {
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    const lock = new DatabaseSync(path.join(dataDirectory, "lock"), { timeout: 0 });
    lock.exec("BEGIN EXCLUSIVE");
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

/** Tells operators' commands where the running stack is; for its owner only, and only while it runs. */
export const announceStack = (dataDirectory: string, stack: Record<string, unknown>): (() => void) => {
  const file = path.join(dataDirectory, "stack.json");
  writeFileSync(file, JSON.stringify(stack, null, 2), { mode: 0o600 });
  return () => rmSync(file, { force: true });
};
