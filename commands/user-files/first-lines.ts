/** The number of the line that has this key, or a promise while lines with it are handled. */
type Winner = number | undefined | Promise<number | undefined>;

export type Turn = {
  /** Waits for the earlier lines with these keys. Returns the winner of each key. */
  winners: () => Promise<(number | undefined)[]>;
  /** Call it in any case: later lines with these keys wait for it. */
  end: (won: boolean) => void;
};

/** Of several lines with one key, the first that succeeds wins, even if many run at once. */
export const firstLines = () => {
  const winnerOf = new Map<string, Winner>();

  /** Call it in the order of the file. */
  return (line: number, keys: readonly string[]): Turn => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const earlier = keys.map((key) => winnerOf.get(key));
    for (const [index, key] of keys.entries()) {
      const decided = promise.then(async (won) => (await earlier[index]) ?? (won ? line : undefined));
      winnerOf.set(key, decided);
      // A file can have a million lines, so only their numbers are kept.
      const keepNumber = async () => {
        const winner = await decided;
        if (winnerOf.get(key) !== decided) return;
        if (winner === undefined) winnerOf.delete(key);
        else winnerOf.set(key, winner);
      };
      void keepNumber();
    }
    return { winners: () => Promise.all(earlier.map(async (winner) => winner)), end: resolve };
  };
};
