// The messages between the load generator and the process with the stack.
import type { CallCounts } from "../../../infra/local/aws-endpoint/call-counter.ts";

/** `quiet` is answered when all letters are sent, `snapshot` also with the cost so far. */
export type Question = "snapshot" | "quiet";

/** The cost since the start, with all letters sent. */
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
  /** Variables for a process that calls the stack's AWS endpoint directly. */
  floorEnvironment: Record<string, string>;
};
