/** The floor of an operation: what its cryptography and its AWS calls cost with nothing around them. */

/** How often an operation does each kind of cryptography. */
export type Work = { hashes?: number; signatures?: number; checks?: number };

/** CPU milliseconds of one. */
export type Floor = {
  hash: number;
  signature: number;
  check: number;
  /** By `service:Operation`. */
  calls: Record<string, number>;
};
