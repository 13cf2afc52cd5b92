// Providers have refused living mailboxes for hours, so many missing ones at once aren't believed.
import { day, hour, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { counterName, countIn, limitPk } from "../limits/counters.ts";
import { readItem } from "../store/dynamo.ts";
import { countOne } from "./count-store.ts";

const mailboxesOfStorm = 10;
const hourly = { windowSeconds: hour };

/** Longer than any stop. */
const keptSeconds = 8 * day;

const keyAt = (domainKey: string, time: number) => `missing-at#${domainKey}#${Math.floor(time / day)}`;

export const missingMailboxStore = (clock: Clock = nowSeconds) => {
  const table = variable("LIMITS_TABLE");

  return {
    /** Also if there was one when a stop began: what began it isn't believed later either. */
    isStorm: async (domainKey: string, beganAt?: number): Promise<boolean> => {
      const now = clock();
      const times = [now, now - hour, ...(beganAt === undefined ? [] : [beganAt, beganAt + hour])];
      const keys = [...new Set(times.map((time) => keyAt(domainKey, time)))];
      const items = new Map(
        await Promise.all(keys.map(async (key) => [key, await readItem(table, limitPk(key))] as const)),
      );
      return times.some(
        (time) => countIn(items.get(keyAt(domainKey, time)), counterName(hourly, time)) >= mailboxesOfStorm,
      );
    },

    count: async (domainKey: string): Promise<"counted" | "storm_began"> => {
      const now = clock();
      const counter = counterName(hourly, now);
      const item = await countOne(keyAt(domainKey, now), counter, now + keptSeconds);
      return countIn(item, counter) === mailboxesOfStorm ? "storm_began" : "counted";
    },
  };
};

export type MissingMailboxStore = ReturnType<typeof missingMailboxStore>;
