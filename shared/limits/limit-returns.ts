// Takes back attempts that should not count, and none of others: strangers would notice a success.
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { conditionalWrite } from "../store/dynamo.ts";
import {
  consecutive,
  countedBy,
  counterName,
  countIn,
  limitPk,
  rowUntil,
  windowsLifetimeSeconds,
  type Limit,
} from "./counters.ts";

const rowAttributes = [consecutive, rowUntil];

type Ended = { attributes: readonly string[]; expiresAt?: number };

export const limitReturns = (clock: Clock = nowSeconds) => {
  const table = variable("LIMITS_TABLE");

  /** If a window of a limit has ended since its attempt was counted, that limit's count stays. */
  const takeBack = async (key: string, limits: readonly Limit[], ended: Ended): Promise<void> => {
    const now = clock();
    const { attributes, expiresAt } = ended;
    const countersOf = (limit: Limit): string[] =>
      countedBy(limit)
        .map((rule) => counterName(rule, now))
        .filter((name) => !attributes.includes(name));
    const counters = limits.flatMap(countersOf);
    if (counters.length + attributes.length === 0) return;
    const changes = [
      ...(expiresAt === undefined ? [] : ["SET expiresAt = :expiresAt"]),
      ...(attributes.length === 0 ? [] : [`REMOVE ${attributes.join(", ")}`]),
      ...(counters.length === 0 ? [] : [`ADD ${counters.map((_, i) => `#c${i} :less`).join(", ")}`]),
    ];
    const values = {
      ...(counters.length > 0 && { ":less": -1, ":none": 0 }),
      ...(expiresAt !== undefined && { ":expiresAt": expiresAt }),
    };
    const { refused, item } = await conditionalWrite({
      Update: {
        TableName: table,
        Key: { pk: limitPk(key) },
        UpdateExpression: changes.join(" "),
        ConditionExpression: ["attribute_exists(pk)", ...counters.map((_, i) => `#c${i} > :none`)].join(
          " AND ",
        ),
        ...(counters.length > 0 && {
          ExpressionAttributeNames: Object.fromEntries(counters.map((name, i) => [`#c${i}`, name])),
        }),
        ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    });
    if (!refused || !item) return;
    const counted = limits.filter((limit) => countersOf(limit).every((name) => countIn(item, name) > 0));
    await takeBack(key, counted, ended);
  };

  const allowedAtOf = (limits: readonly Limit[]): string[] =>
    limits.some(({ allowedAgainAfterSeconds }) => allowedAgainAfterSeconds !== undefined)
      ? ["allowedAt"]
      : [];

  return {
    giveBack: (limit: Limit): Promise<void> =>
      takeBack(limit.key, [limit], { attributes: allowedAtOf([limit]) }),

    /** Ends the row of consecutive attempts, and gives one attempt of each limit back. */
    succeed: (limit: Limit, ...sharingItsKey: Limit[]): Promise<void> => {
      const limits = [limit, ...sharingItsKey];
      return takeBack(limit.key, limits, {
        attributes: [...rowAttributes, ...allowedAtOf(limits)],
        expiresAt: clock() + windowsLifetimeSeconds(limit),
      });
    },

    /** Allows the next attempt beyond the rules at once. What is counted stays. */
    allowAgain: (key: string): Promise<void> => takeBack(key, [], { attributes: ["allowedAt"] }),

    /** Does the same and ends the row of consecutive attempts. */
    endRow: (limit: Limit): Promise<void> =>
      takeBack(limit.key, [], {
        attributes: [...rowAttributes, "allowedAt"],
        expiresAt: clock() + windowsLifetimeSeconds(limit),
      }),

    clear: async (key: string): Promise<void> => {
      await conditionalWrite({ Delete: { TableName: table, Key: { pk: limitPk(key) } } });
    },
  };
};
