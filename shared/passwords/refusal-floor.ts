/** Imported hashes take longer to check than ours. While they exist, all who have not proven an account's password wait alike. */
import { setTimeout as delay } from "node:timers/promises";
import { variable } from "../platform/environment.ts";

type Time = { nowMilliseconds: () => number; wait: (milliseconds: number) => Promise<unknown> };

const realTime: Time = { nowMilliseconds: () => performance.now(), wait: delay };

/** From the moment of this call on: what it gives waits until the floor is reached. */
export const refusalFloor = ({ nowMilliseconds, wait }: Time = realTime): (() => Promise<void>) => {
  const started = nowMilliseconds();
  return async () => {
    const floor = variable("REFUSAL_FLOOR_MILLISECONDS");
    const left = Math.ceil(floor - (nowMilliseconds() - started));
    if (left > 0) await wait(left);
  };
};
