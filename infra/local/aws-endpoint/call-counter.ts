/** Counts what each principal asked AWS for, so that tests can assert round trips. */
export type CallCounts = Record<string, Record<string, number>>;

export const createCallCounter = () => {
  let counts: CallCounts = {};
  return {
    count: (principal: string, action: string): void => {
      const own = (counts[principal] ??= {});
      own[action] = (own[action] ?? 0) + 1;
    },
    /** Principal → `service:Operation` → how many since the last reset. */
    calls: (): CallCounts => structuredClone(counts),
    reset: (): void => {
      counts = {};
    },
  };
};
