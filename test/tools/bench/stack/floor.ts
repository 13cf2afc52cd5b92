// Measures the floor, and calculates it for an operation.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Floor, Work } from "./floor-messages.ts";

const measureOnce = async (environment: Record<string, string>): Promise<Floor> => {
  const child = fork(join(import.meta.dirname, "floor-process.ts"), { env: environment });
  const failed = once(child, "exit").then(([status]) => {
    throw new Error(`the floor's process ended with status ${String(status)}`);
  });
  failed.catch(() => {});
  const [floor] = await Promise.race([once(child, "message"), failed]);
  return floor;
};

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Measures in several processes at once: on a busy machine, the same work takes more CPU time. */
export const measureFloor = async (
  environment: Record<string, string>,
  processes: number,
): Promise<Floor> => {
  const floors = await Promise.all(Array.from({ length: processes }, () => measureOnce(environment)));
  const calls = Object.keys(floors[0]?.calls ?? {});
  return {
    hash: mean(floors.map(({ hash }) => hash)),
    signature: mean(floors.map(({ signature }) => signature)),
    check: mean(floors.map(({ check }) => check)),
    calls: Object.fromEntries(
      calls.map((call) => [call, mean(floors.map((floor) => floor.calls[call] ?? 0))]),
    ),
  };
};

/** Calls of other services count as 0. Secrets are read only once in five minutes. */
export const floorOf = (floor: Floor, work: Work, calls: Record<string, number>): number => {
  const { hashes = 0, signatures = 0, checks = 0 } = work;
  const callsCost = Object.entries(calls).map(([name, count]) => count * (floor.calls[name] ?? 0));
  return callsCost.reduce(
    (sum, cost) => sum + cost,
    hashes * floor.hash + signatures * floor.signature + checks * floor.check,
  );
};
