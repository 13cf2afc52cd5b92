// Finds the stack that `npm start` runs in a folder, for commands and tests.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as z from "zod";

const runningStack = z.object({
  endpoint: z.object({
    url: z.string(),
    region: z.string(),
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
  }),
  outputs: z.record(z.string(), z.string()),
  functionNames: z.array(z.string()),
});
export type RunningStack = z.output<typeof runningStack>;

export const readStackFile = (dataDirectory: string): RunningStack =>
  runningStack.parse(JSON.parse(readFileSync(path.join(dataDirectory, "stack.json"), "utf8")));

/**
 * A killed stack leaves its file, and its ports may belong to other programs by now. But the
 * operating system has released its lock. A shared lock doesn't disturb other commands.
 */
const isLocked = (dataDirectory: string): boolean => {
  const file = path.join(dataDirectory, "lock");
  if (!existsSync(file)) return false;
  const lock = new DatabaseSync(file, { timeout: 0, readOnly: true });
  try {
    lock.exec("SELECT name FROM sqlite_schema");
    return false;
  } catch (error) {
    return error instanceof Error && error.message.includes("locked");
  } finally {
    lock.close();
  }
};

export const findRunningStack = (dataDirectory: string): RunningStack => {
  const isRunning = existsSync(path.join(dataDirectory, "stack.json")) && isLocked(dataDirectory);
  if (!isRunning)
    throw new Error(
      "No local stack is running here: npm start starts one. To work on a deployed stage, add --stage.",
    );
  return readStackFile(dataDirectory);
};

export const awsVariables = ({ endpoint }: Pick<RunningStack, "endpoint">): Record<string, string> => ({
  AWS_ENDPOINT_URL: endpoint.url,
  AWS_REGION: endpoint.region,
  AWS_ACCESS_KEY_ID: endpoint.accessKeyId,
  AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey,
});
