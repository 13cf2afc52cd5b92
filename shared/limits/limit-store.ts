// One conditional write counts an attempt in all windows of a key, before the action, so that races
// can't exceed a limit. It is the same write for known and unknown addresses.
import { ApiError, type ErrorCode } from "../contract/errors.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import type { Item } from "../store/documents.ts";
import { conditionalWrite } from "../store/dynamo.ts";
import {
  counterName,
  countIn,
  lifetimeSeconds,
  limitPk,
  secondsLeft,
  type Limit,
  type Rule,
} from "./counters.ts";

type Refusal = { refusal: ErrorCode; retryAfterSeconds: number };
type Exhausted = Refusal & { outcome: "exhausted" };
type Allowed = { outcome: "allowed"; needsChallenge?: true };
type Spending = Allowed | Exhausted;

const staleCountersKept = 12;

const allowed = (needsChallenge: boolean): Allowed => ({
  outcome: "allowed",
  ...(needsChallenge && { needsChallenge }),
});

const longest = (first: Refusal, ...others: Refusal[]): Exhausted => ({
  outcome: "exhausted",
  ...others.reduce((one, other) => (other.retryAfterSeconds > one.retryAfterSeconds ? other : one), first),
});

const isAboveFree = (rules: readonly Rule[], item: Item | undefined, now: number): boolean =>
  rules.some((rule) => countIn(item, counterName(rule, now)) > (rule.challengeAbove ?? Infinity));

export const limitStore = (clock: Clock = nowSeconds) => {
  const table = variable("LIMITS_TABLE");
  const counters = (key: string) => ({ TableName: table, Key: { pk: limitPk(key) } });

  const forgetStale = async (key: string, stale: string[]) => {
    const names = Object.fromEntries(stale.map((name, index) => [`#s${index}`, name]));
    await conditionalWrite({
      Update: {
        ...counters(key),
        UpdateExpression: `REMOVE ${Object.keys(names).join(", ")}`,
        ExpressionAttributeNames: names,
      },
    });
  };

  /** Windows that have ended are never read again, so only the row has to go. */
  const dropExpiredRow = async (key: string, now: number) => {
    await conditionalWrite({
      Update: {
        ...counters(key),
        UpdateExpression: "REMOVE consecutive",
        ConditionExpression: "expiresAt <= :now",
        ExpressionAttributeValues: { ":now": now },
      },
    });
  };

  const clear = async (key: string): Promise<void> => {
    await conditionalWrite({ Delete: counters(key) });
  };

  const count = (
    { key, rules, allowedAgainAfterSeconds }: Limit,
    now: number,
    condition: { expression: string; values: Record<string, number> },
  ) => {
    const names = rules.map((rule) => counterName(rule, now));
    const dated = allowedAgainAfterSeconds !== undefined;
    return conditionalWrite({
      Update: {
        ...counters(key),
        UpdateExpression: `SET expiresAt = :expiresAt${dated ? ", allowedAt = :now" : ""} ADD ${names.map((_, i) => `#c${i} :one`).join(", ")}`,
        ConditionExpression: condition.expression,
        ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#c${i}`, name])),
        ExpressionAttributeValues: {
          ":one": 1,
          ...(dated && { ":now": now }),
          ":expiresAt": now + lifetimeSeconds(rules),
          ...condition.values,
        },
        ReturnValues: "ALL_NEW",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      },
    });
  };

  const withinRules = (rules: readonly Rule[]) => ({
    expression: rules.map((_, i) => `(attribute_not_exists(#c${i}) OR #c${i} < :max${i})`).join(" AND "),
    values: Object.fromEntries(rules.map(({ maximum }, i) => [`:max${i}`, maximum])),
  });

  const spendBeyondRules = async (limit: Limit, now: number): Promise<boolean> => {
    if (limit.allowedAgainAfterSeconds === undefined) return false;
    const { refused } = await count(limit, now, {
      expression: "attribute_not_exists(allowedAt) OR allowedAt <= :before",
      values: { ":before": now - limit.allowedAgainAfterSeconds },
    });
    return !refused;
  };

  const spend = async (limit: Limit): Promise<Spending> => {
    const { key, rules } = limit;
    const now = clock();
    const { refused, item } = await count(limit, now, withinRules(rules));
    if (refused) {
      // The item has expired, but TTL hasn't deleted it yet.
      if (item && countIn(item, "expiresAt") <= now) {
        await dropExpiredRow(key, now);
        return spend(limit);
      }
      if (await spendBeyondRules(limit, now)) return allowed(false);
      const passed = rules.filter((rule) => countIn(item, counterName(rule, now)) >= rule.maximum);
      const refusals = passed.map((rule) => ({
        refusal: rule.refusal ?? limit.refusal,
        retryAfterSeconds: secondsLeft(rule, item, now),
      }));
      return longest({ refusal: limit.refusal, retryAfterSeconds: 1 }, ...refusals);
    }
    const names = new Set(rules.map((rule) => counterName(rule, now)));
    const stale = Object.keys(item ?? {}).filter((name) => name.startsWith("w") && !names.has(name));
    if (stale.length > staleCountersKept) await forgetStale(key, stale);
    return allowed(isAboveFree(rules, item, now));
  };

  const takeBack = async ({ key, rules }: Limit, removed: string): Promise<"written" | "refused"> => {
    const names = rules
      .filter(({ windowSeconds }) => windowSeconds !== undefined || removed !== "consecutive")
      .map((rule) => counterName(rule, clock()));
    const { refused } = await conditionalWrite({
      Update: {
        ...counters(key),
        UpdateExpression: `REMOVE ${removed} ADD ${names.map((_, i) => `#c${i} :less`).join(", ")}`,
        ConditionExpression: names.map((_, i) => `#c${i} > :none`).join(" AND "),
        ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#c${i}`, name])),
        ExpressionAttributeValues: { ":less": -1, ":none": 0 },
      },
    });
    return refused ? "refused" : "written";
  };

  const drop = async (key: string, name: "consecutive" | "allowedAt"): Promise<void> => {
    await conditionalWrite({
      Update: {
        ...counters(key),
        UpdateExpression: `REMOVE ${name}`,
        ConditionExpression: "attribute_exists(pk)",
      },
    });
  };

  /** Allows the next attempt beyond the rules at once. What is counted stays. */
  const allowAgain = (key: string): Promise<void> => drop(key, "allowedAt");

  /** If a window has ended since the attempt was counted, the count stays. */
  const giveBack = async (limit: Limit): Promise<void> => {
    const taken = await takeBack(limit, "allowedAt");
    if (taken === "refused" && limit.allowedAgainAfterSeconds !== undefined) await allowAgain(limit.key);
  };

  /** Ends the row of consecutive attempts. What is counted in windows stays. */
  const endRow = (key: string): Promise<void> => drop(key, "consecutive");

  // Ends the row of consecutive attempts and gives one attempt back. What others have counted
  // stays, so that strangers who keep guessing can't notice the success.
  const succeed = async (limit: Limit): Promise<void> => {
    if ((await takeBack(limit, "consecutive")) === "refused") await endRow(limit.key);
  };

  /** Counts one attempt under each limit or, if one is exhausted, under none. */
  const spendAll = async (limits: readonly Limit[]): Promise<Spending> => {
    const spent = await Promise.all(limits.map(async (limit) => ({ ...(await spend(limit)), limit })));
    const [first, ...others] = spent.filter((one) => one.outcome === "exhausted");
    if (!first) return allowed(spent.some((one) => one.outcome === "allowed" && one.needsChallenge === true));
    const counted = spent.filter(({ outcome }) => outcome === "allowed");
    await Promise.all(counted.map(({ limit }) => giveBack(limit)));
    const { refusal, retryAfterSeconds } = longest(first, ...others);
    return { outcome: "exhausted", refusal, retryAfterSeconds };
  };

  return { spend, spendAll, giveBack, allowAgain, succeed, endRow, clear };
};

export type LimitStore = ReturnType<typeof limitStore>;

/** Throws the refusal of an exhausted limit. `userId` is for the log. */
export const requireWithin = (spent: Spending, about: { userId?: string } = {}): void => {
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, { ...spent, ...about });
};
