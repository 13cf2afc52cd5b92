/** After a failure, no new items are started, and the items in progress are finished. */
export const inParallel = async <T>(
  items: AsyncIterator<T> | Iterator<T>,
  count: number,
  work: (item: T) => Promise<void>,
): Promise<void> => {
  const failures: unknown[] = [];
  const worker = async () => {
    try {
      for (let next = await items.next(); !next.done && failures.length === 0; next = await items.next())
        await work(next.value);
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: count }, worker));
  if (failures.length === 0) return;
  await items.return?.();
  throw failures[0];
};
