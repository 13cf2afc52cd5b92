// A waiting registration takes one hash more, and imported hashes take longer to verify than ours.
// The minimum time hides both, without computing anything.
import { setTimeout as delay } from "node:timers/promises";
import { variable } from "../platform/environment.ts";

type Time = { nowMilliseconds: () => number; wait: (milliseconds: number) => Promise<unknown> };

const realTime: Time = { nowMilliseconds: () => performance.now(), wait: delay };

/** Returns a function that waits until the floor, counted from this call, is reached. */
export const refusalFloor = ({ nowMilliseconds, wait }: Time = realTime): (() => Promise<void>) => {
  const started = nowMilliseconds();
  return async () => {
    const floor = variable("REFUSAL_FLOOR_MILLISECONDS");
    const left = Math.ceil(floor - (nowMilliseconds() - started));
    if (left > 0) await wait(left);
  };
};
