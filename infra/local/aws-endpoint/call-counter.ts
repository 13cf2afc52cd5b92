// Lets tests assert the number of round trips.

export type CallCounts = Record<string, Record<string, number>>;

export const createCallCounter = () => {
  let counts: CallCounts = {};
  return {
    count: (principal: string, action: string): void => {
      const own = (counts[principal] ??= {});
      own[action] = (own[action] ?? 0) + 1;
    },
    calls: (): CallCounts => structuredClone(counts),
    reset: (): void => {
      counts = {};
    },
  };
};
