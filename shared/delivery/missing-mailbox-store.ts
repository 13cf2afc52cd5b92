// Providers have refused living mailboxes for hours, so many missing ones at once aren't believed.
import { hour, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { counterName, countIn, limitPk } from "../limits/counters.ts";
import { readItem } from "../store/dynamo.ts";
import { countOne } from "./count-store.ts";

const mailboxesOfStorm = 10;
const hourly = { windowSeconds: hour };

const keyOf = (domainKey: string) => `missing-at#${domainKey}`;

export const missingMailboxStore = (clock: Clock = nowSeconds) => {
  const table = variable("LIMITS_TABLE");

  return {
    isStorm: async (domainKey: string): Promise<boolean> => {
      const now = clock();
      const item = await readItem(table, limitPk(keyOf(domainKey)));
      return [now, now - hour].some((time) => countIn(item, counterName(hourly, time)) >= mailboxesOfStorm);
    },

    count: async (domainKey: string): Promise<"counted" | "storm_began"> => {
      const now = clock();
      const counter = counterName(hourly, now);
      const item = await countOne(keyOf(domainKey), counter, now + 2 * hour);
      return countIn(item, counter) === mailboxesOfStorm ? "storm_began" : "counted";
    },
  };
};

export type MissingMailboxStore = ReturnType<typeof missingMailboxStore>;
