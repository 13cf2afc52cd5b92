/** Imported hashes take longer to check than ours. While they exist, every refusal of a password waits until the same moment. */
import { setTimeout as delay } from "node:timers/promises";
import { environment } from "./environment.ts";
import { ApiError, errors } from "./errors.ts";

type Time = { nowMilliseconds: () => number; wait: (milliseconds: number) => Promise<unknown> };

const realTime: Time = { nowMilliseconds: () => performance.now(), wait: delay };

const isRefusedSecret = (error: unknown) => error instanceof ApiError && errors[error.code].status === 401;

/** Only a refused password waits: a success tells whose it is by itself, a limit refuses before anything is checked. */
export const withRefusalFloor =
  <Input extends unknown[], Output>(
    work: (...input: Input) => Promise<Output>,
    { nowMilliseconds, wait }: Time = realTime,
  ) =>
  async (...input: Input): Promise<Output> => {
    const started = nowMilliseconds();
    try {
      return await work(...input);
    } catch (error) {
      const { REFUSAL_FLOOR_MILLISECONDS: floor } = environment("REFUSAL_FLOOR_MILLISECONDS");
      const left = Math.ceil(floor - (nowMilliseconds() - started));
      if (isRefusedSecret(error) && left > 0) await wait(left);
      throw error;
    }
  };
