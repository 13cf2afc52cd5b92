// Messages to and from the two processes of a measurement: the function and what stands for AWS.
import type { Recorded } from "./canned-answers.ts";

export type ToEndpoint =
  | { type: "record"; stackUrl: string }
  | {
      type: "replay";
      recorded: readonly Recorded[];
      /** By service. `*` stands for the others. */
      delayMilliseconds: Record<string, number>;
    };

/** After each call, the function rests for a random time up to `pauseMilliseconds`. */
export type ToFunction = { event: unknown; times: number; pauseMilliseconds: number };
export type FromFunction = {
  /** CPU milliseconds of one call. */
  cpu: number;
  /** The duration of each call. */
  milliseconds: number[];
  payload: unknown;
  residentMegabytes: number;
  error?: string;
};
export type Loaded = { initCpu: number; initMilliseconds: number };

/** What one function needs to answer one event, without a stack. */
export type Case = {
  name: string;
  bundle: string;
  environment: Record<string, string>;
  memoryMegabytes: number;
  hashes: boolean;
  event: unknown;
  recorded: Recorded[];
};
