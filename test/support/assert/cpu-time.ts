const cpuTimeOf = async (work: () => Promise<unknown>): Promise<number> => {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
};

/**
 * Returns the least CPU time of each work over several rounds, in microseconds. Noise on a shared
 * machine only adds, and the works take turns so that it affects all of them.
 */
export const smallestCpuTimes = async (
  works: readonly (() => Promise<unknown>)[],
  rounds = 7,
): Promise<number[]> => {
  const smallest = works.map(() => Infinity);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, work] of works.entries())
      smallest[index] = Math.min(smallest[index] ?? Infinity, await cpuTimeOf(work));
  return smallest;
};
