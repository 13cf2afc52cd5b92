// CPU time of processes and all their descendants, from Linux's scheduler, which counts
// nanoseconds. `/proc/<pid>/stat` has steps of ten milliseconds. An ended thread keeps its last
// reading.
import { readdirSync, readFileSync } from "node:fs";

const nanosecondsPerMillisecond = 1e6;

/** A process or thread may end while it is read. */
const orElse = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};

const threadsOf = (pid: number): string[] =>
  orElse(() => readdirSync(`/proc/${pid}/task`), []).map((thread) => `/proc/${pid}/task/${thread}`);

const childrenOf = (pid: number): number[] =>
  threadsOf(pid).flatMap((thread) =>
    orElse(() => readFileSync(`${thread}/children`, "utf8"), "")
      .split(" ")
      .filter((child) => child !== "")
      .map(Number),
  );

const familyOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(familyOf)];

/** Creates a meter for one group of processes. `pids` are those that run now. */
export const createCpuMeter = () => {
  const readings = new Map<string, number>();
  return (pids: readonly number[]): number => {
    for (const thread of pids.flatMap(familyOf).flatMap(threadsOf)) {
      const nanoseconds = orElse(() => Number(readFileSync(`${thread}/schedstat`, "utf8").split(" ")[0]), 0);
      readings.set(thread, Math.max(readings.get(thread) ?? 0, nanoseconds / nanosecondsPerMillisecond));
    }
    return [...readings.values()].reduce((sum, milliseconds) => sum + milliseconds, 0);
  };
};

export const ownCpuMilliseconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
