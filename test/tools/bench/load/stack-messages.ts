// The messages between the load generator and the process with the stack.
import type { CallCounts } from "../../../../infra/local/aws-endpoint/call-counter.ts";
import type { UnitCounts } from "../../../../infra/local/aws-endpoint/capacity-units.ts";

/**
 * `quiet` is answered when all letters are sent, `snapshot` also with the cost so far. `count`
 * switches the counting of units, which costs CPU. `delay` makes each AWS call of a function take
 * longer. `trips` ends that, and is answered with the calls that had to wait for an earlier one.
 */
export type Question =
  "snapshot" | "quiet" | { count: boolean } | { delay: number; principal: string } | "trips";

/** The cost since the start, with all letters sent. */
export type Snapshot = {
  /** CPU milliseconds of the runner: gateway, AWS endpoint, queue and mailbox. */
  runner: number;
  /** CPU milliseconds of the DynamoDB engine. */
  engine: number;
  /** CPU milliseconds by function. */
  functions: Record<string, number>;
  calls: CallCounts;
  /** Those of the times when they were counted. */
  units: UnitCounts;
};

export type StackAddress = {
  /** Execution environments of each function under load. */
  environments: number;
  engine: string;
  url: string;
  mailboxFolder: string;
  /** Variables for a process that calls the stack's AWS endpoint directly. */
  floorEnvironment: Record<string, string>;
};
