/** What works cost this process in CPU, compared on a machine that does other things meanwhile. */

const cpuOf = async (work: () => Promise<unknown>): Promise<number> => {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return user + system;
};

/** In turns, so that a noisy moment strikes all; noise only ever adds, so of several rounds the smallest counts. */
export const smallestCpus = async (
  works: readonly (() => Promise<unknown>)[],
  rounds = 7,
): Promise<number[]> => {
  const smallest = works.map(() => Infinity);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, work] of works.entries())
      smallest[index] = Math.min(smallest[index] ?? Infinity, await cpuOf(work));
  return smallest;
};
