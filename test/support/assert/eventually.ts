import { setTimeout as delay } from "node:timers/promises";

/** Polls until `ask` returns something. The error at the deadline says what is missing. */
export const eventually = async <T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  { deadlineSeconds = 120, pauseMilliseconds = 25 } = {},
): Promise<T> => {
  const deadline = Date.now() + deadlineSeconds * 1000;
  for (let pause = pauseMilliseconds; ; pause = Math.min(2 * pause, 10 * pauseMilliseconds)) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`gave up waiting for ${what} after ${deadlineSeconds} s`);
    await delay(pause);
  }
};
