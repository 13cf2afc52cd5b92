// The floor of an operation is the cost of its cryptography and AWS calls alone.

/** The number of cryptographic steps of each kind in one operation. */
export type Work = { hashes?: number; signatures?: number; checks?: number };

/** CPU milliseconds of one step or call. */
export type Floor = {
  hash: number;
  signature: number;
  check: number;
  /** By `service:Operation`. */
  calls: Record<string, number>;
};
