// AWS reviews an account at 5 % of bounces and pauses it at 10 %, which stops everybody's sign-in.
// So registrations stop first.
import { day, hour, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { describeError, logError } from "../platform/logger.ts";
import { countIn, limitPk } from "../limits/counters.ts";
import { registrationBudgetKey } from "../limits/letter-limits.ts";
import type { Item } from "../store/documents.ts";
import { conditionalWrite, readItem } from "../store/dynamo.ts";
import { countOne } from "./count-store.ts";

const bouncesBeforeStop = 30;
const shareBeforeStop = 0.03;
const stopSeconds = hour;
const rollingHours = 24;

const keyAt = (time: number) => `all-letters#${Math.floor(time / day)}`;
const counterAt = (kind: "sent" | "bounced", time: number) =>
  `${kind}${Math.floor(time / hour) % rollingHours}`;

export const allLettersStore = (clock: Clock = nowSeconds) => {
  const table = variable("LIMITS_TABLE");

  const sumOf = (kind: "sent" | "bounced", now: number, today?: Item, yesterday?: Item): number => {
    let sum = 0;
    for (let ago = 0; ago < rollingHours; ago += 1) {
      const time = now - ago * hour;
      sum += countIn(keyAt(time) === keyAt(now) ? today : yesterday, counterAt(kind, time));
    }
    return sum;
  };

  const stopRegistrations = async (now: number): Promise<"counted" | "stopped"> => {
    const { item } = await conditionalWrite({
      Update: {
        TableName: table,
        Key: { pk: limitPk(registrationBudgetKey) },
        UpdateExpression: "SET stoppedUntil = :until, expiresAt = :until",
        ExpressionAttributeValues: { ":until": now + stopSeconds },
        ReturnValues: "ALL_OLD",
      },
    });
    return countIn(item, "stoppedUntil") > now ? "counted" : "stopped";
  };

  return {
    countSent: async (): Promise<void> => {
      const now = clock();
      await countOne(keyAt(now), counterAt("sent", now), now + 2 * day);
    },

    /** "stopped" only if the bounce begins a stop. Further ones prolong it. */
    chargeBounce: async (): Promise<"counted" | "stopped"> => {
      const now = clock();
      const today = await countOne(keyAt(now), counterAt("bounced", now), now + 2 * day);
      const yesterday = await readItem(table, limitPk(keyAt(now - day)));
      const bounced = sumOf("bounced", now, today, yesterday);
      const isTooMany = bounced >= shareBeforeStop * sumOf("sent", now, today, yesterday);
      return bounced >= bouncesBeforeStop && isTooMany ? stopRegistrations(now) : "counted";
    },
  };
};

type Send<Arguments extends unknown[]> = (...sent: Arguments) => Promise<void>;

export const countingSent =
  <Arguments extends unknown[]>(
    send: Send<Arguments>,
    { countSent }: Pick<AllLettersStore, "countSent"> = allLettersStore(),
  ): Send<Arguments> =>
  async (...sent) => {
    await send(...sent);
    // A failure would send the letter a second time.
    await countSent().catch((error: unknown) =>
      logError("letter not counted", { error: describeError(error) }),
    );
  };

export type AllLettersStore = ReturnType<typeof allLettersStore>;
