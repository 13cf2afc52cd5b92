/** What the load generator and the process with the stack say to each other. */
import type { CallCounts } from "../../../infra/local/aws-endpoint/call-counter.ts";

/** What it has cost so far, or just to be told when all letters are out. */
export type Question = "snapshot" | "quiet";

/** Since the start, and with all letters out. */
export type Snapshot = {
  /** CPU milliseconds of the runner: gateway, AWS endpoint, queue and mailbox. */
  runner: number;
  /** CPU milliseconds of the DynamoDB engine. */
  engine: number;
  /** CPU milliseconds by function. */
  functions: Record<string, number>;
  calls: CallCounts;
};

export type StackAddress = {
  engine: string;
  url: string;
  mailboxFolder: string;
  /** Variables for a process that calls the stack's AWS endpoint by itself. */
  floorEnvironment: Record<string, string>;
};
