// A made-up or dead domain is stopped for a day. A large one can't be stopped by a few typos.
import { day, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { counterName, countIn, limitPk } from "../limits/counters.ts";
import { bouncesOfNetwork, lettersFromKey } from "../limits/letter-limits.ts";
import { conditionalWrite, readItem } from "../store/dynamo.ts";
import { countOne } from "./count-store.ts";

const bouncesBeforeStop = 3;
const shareBeforeStop = 0.5;
const keptSeconds = 2 * day;

export const unprovenLetterStore = (clock: Clock = nowSeconds) => {
  const table = variable("LIMITS_TABLE");
  const keyOf = (domainKey: string, now: number) => `unproven-to#${domainKey}#${Math.floor(now / day)}`;

  const chargeNetwork = (networkKey: string, now: number) =>
    countOne(lettersFromKey("registration", networkKey), counterName(bouncesOfNetwork, now), now + day);

  /** The share is of two days, because a day begins with few letters. */
  const chargeDomain = async (domainKey: string, now: number): Promise<void> => {
    const key = keyOf(domainKey, now);
    const today = await countOne(key, "bounces", now + keptSeconds);
    if (countIn(today, "bounces") < bouncesBeforeStop) return;
    const yesterday = await readItem(table, limitPk(keyOf(domainKey, now - day)));
    const sumOf = (counter: string) => countIn(today, counter) + countIn(yesterday, counter);
    if (sumOf("bounces") < shareBeforeStop * sumOf("letters")) return;
    await conditionalWrite({
      Update: {
        TableName: table,
        Key: { pk: limitPk(key) },
        UpdateExpression: "SET stopped = :stopped",
        ExpressionAttributeValues: { ":stopped": true },
      },
    });
  };

  const isFirst = async (charge: string, now: number): Promise<boolean> => {
    const pk = limitPk(`unproven-charge#${charge}#${Math.floor(now / day)}`);
    const { refused } = await conditionalWrite({
      Update: {
        TableName: table,
        Key: { pk },
        UpdateExpression: "SET expiresAt = :expiresAt",
        ConditionExpression: "attribute_not_exists(pk)",
        ExpressionAttributeValues: { ":expiresAt": now + day },
      },
    });
    return !refused;
  };

  return {
    countLetter: async (domainKey: string): Promise<"counted" | "stopped"> => {
      const now = clock();
      const { refused } = await conditionalWrite({
        Update: {
          TableName: table,
          Key: { pk: limitPk(keyOf(domainKey, now)) },
          UpdateExpression: "SET expiresAt = :expiresAt ADD letters :one",
          ConditionExpression: "attribute_not_exists(stopped)",
          ExpressionAttributeValues: { ":one": 1, ":expiresAt": now + keptSeconds },
        },
      });
      return refused ? "stopped" : "counted";
    },

    /** People repeat a typo, so one missing mailbox counts once a day for a network. */
    chargeBounce: async (to: {
      networkKey: string | undefined;
      domainKey: string | undefined;
      missingMailbox?: string | undefined;
    }): Promise<void> => {
      const now = clock();
      if (to.missingMailbox !== undefined && !(await isFirst(`${to.networkKey}#${to.missingMailbox}`, now)))
        return;
      if (to.networkKey !== undefined) await chargeNetwork(to.networkKey, now);
      if (to.domainKey !== undefined) await chargeDomain(to.domainKey, now);
    },
  };
};

export type UnprovenLetterStore = ReturnType<typeof unprovenLetterStore>;
