// All windows of a key are counters in one item. One conditional write counts an attempt in all of
// them, before the action, so races can't exceed a limit. It is the same write for known and
// unknown addresses.
import { DeleteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ApiError, type ErrorCode } from "../contract/errors.ts";
import { day, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { conditionalWrite, type Item } from "../store/dynamo.ts";
import { keyOf } from "../store/item-kinds.ts";

/** Without `windowSeconds`, the rule limits consecutive attempts until `clear`. */
export type Rule = {
  readonly maximum: number;
  readonly windowSeconds?: number;
  /** Overrides the refusal of the limit. */
  readonly refusal?: ErrorCode;
};

export type Limit = { readonly key: string; readonly rules: readonly Rule[]; readonly refusal: ErrorCode };

type Refusal = { refusal: ErrorCode; retryAfterSeconds: number };
type Exhausted = Refusal & { outcome: "exhausted" };
type Spending = { outcome: "allowed" } | Exhausted;

// An attacker who waits for the expiry gets 100 guesses a year.
const consecutiveLifetimeSeconds = 365 * day;
const staleCountersKept = 12;

/** For privacy, counters expire with their longest window. */
const lifetimeSeconds = (rules: readonly Rule[]): number =>
  Math.max(...rules.map(({ windowSeconds = consecutiveLifetimeSeconds }) => windowSeconds));

const counterName = ({ windowSeconds }: Rule, now: number): string =>
  windowSeconds === undefined ? "consecutive" : `w${windowSeconds}#${Math.floor(now / windowSeconds)}`;

const secondsLeft = ({ windowSeconds }: Rule, item: Item | undefined, now: number): number =>
  windowSeconds === undefined ? countIn(item, "expiresAt") - now : windowSeconds - (now % windowSeconds);

const longest = (first: Refusal, ...others: Refusal[]): Exhausted => ({
  outcome: "exhausted",
  ...others.reduce((one, other) => (other.retryAfterSeconds > one.retryAfterSeconds ? other : one), first),
});

const countIn = (item: Item | undefined, counter: string): number => Number(item?.[counter] ?? 0);

export const limitPk = (key: string): string => keyOf("limit", key);

const counterPattern = /^(?:consecutive|w(\d+)#(\d+))$/;

type Counter = { number: number; windowSeconds?: number; from?: number };

/** Returns all stored counters, including those of windows that have ended. */
export const storedCounters = (item: Item): Counter[] =>
  Object.entries(item).flatMap(([name, value]) => {
    const [found, length, index] = counterPattern.exec(name) ?? [];
    const number = Number(value);
    if (found === undefined || number === 0) return [];
    if (length === undefined) return [{ number }];
    return [{ number, windowSeconds: Number(length), from: Number(length) * Number(index) }];
  });

export const limitStore = (clock: Clock = nowSeconds) => {
  const table = variable("LIMITS_TABLE");
  const counters = (key: string) => ({ TableName: table, Key: { pk: limitPk(key) } });

  const forgetStale = async (key: string, stale: string[]) => {
    const names = Object.fromEntries(stale.map((name, index) => [`#s${index}`, name]));
    await conditionalWrite(
      new UpdateCommand({
        ...counters(key),
        UpdateExpression: `REMOVE ${Object.keys(names).join(", ")}`,
        ExpressionAttributeNames: names,
      }),
    );
  };

  const dropExpired = async (key: string, now: number) => {
    const condition = {
      ConditionExpression: "expiresAt <= :now",
      ExpressionAttributeValues: { ":now": now },
    };
    await conditionalWrite(new DeleteCommand({ ...counters(key), ...condition }));
  };

  const clear = async (key: string): Promise<void> => {
    await conditionalWrite(new DeleteCommand(counters(key)));
  };

  /** Counts one attempt, unless that would exceed a rule. */
  const spend = async (limit: Limit): Promise<Spending> => {
    const { key, rules } = limit;
    const now = clock();
    const names = rules.map((rule) => counterName(rule, now));
    const { refused, item } = await conditionalWrite(
      new UpdateCommand({
        ...counters(key),
        UpdateExpression: `SET expiresAt = :expiresAt ADD ${names.map((_, i) => `#c${i} :one`).join(", ")}`,
        ConditionExpression: names
          .map((_, i) => `(attribute_not_exists(#c${i}) OR #c${i} < :max${i})`)
          .join(" AND "),
        ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#c${i}`, name])),
        ExpressionAttributeValues: {
          ":one": 1,
          ":expiresAt": now + lifetimeSeconds(rules),
          ...Object.fromEntries(rules.map(({ maximum }, i) => [`:max${i}`, maximum])),
        },
        ReturnValues: "ALL_NEW",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    if (refused) {
      // The item has expired, but TTL hasn't deleted it yet.
      if (item && countIn(item, "expiresAt") <= now) {
        await dropExpired(key, now);
        return spend(limit);
      }
      const passed = rules.filter((rule) => countIn(item, counterName(rule, now)) >= rule.maximum);
      const refusals = passed.map((rule) => ({
        refusal: rule.refusal ?? limit.refusal,
        retryAfterSeconds: secondsLeft(rule, item, now),
      }));
      return longest({ refusal: limit.refusal, retryAfterSeconds: 1 }, ...refusals);
    }
    const stale = Object.keys(item ?? {}).filter((name) => name.startsWith("w") && !names.includes(name));
    if (stale.length > staleCountersKept) await forgetStale(key, stale);
    return { outcome: "allowed" };
  };

  const giveBack = async ({ key, rules }: Limit): Promise<void> => {
    const now = clock();
    const names = rules.map((rule) => counterName(rule, now));
    // If a window has ended since the attempt was counted, nothing is given back.
    await conditionalWrite(
      new UpdateCommand({
        ...counters(key),
        UpdateExpression: `ADD ${names.map((_, i) => `#c${i} :less`).join(", ")}`,
        ConditionExpression: names.map((_, i) => `#c${i} > :none`).join(" AND "),
        ExpressionAttributeNames: Object.fromEntries(names.map((name, i) => [`#c${i}`, name])),
        ExpressionAttributeValues: { ":less": -1, ":none": 0 },
      }),
    );
  };

  /** Counts one attempt under each limit or, if one is exhausted, under none. */
  const spendAll = async (limits: readonly Limit[]): Promise<Spending> => {
    const spent = await Promise.all(limits.map(async (limit) => ({ ...(await spend(limit)), limit })));
    const [first, ...others] = spent.filter((one) => one.outcome === "exhausted");
    if (!first) return { outcome: "allowed" };
    const allowed = spent.filter(({ outcome }) => outcome === "allowed");
    await Promise.all(allowed.map(({ limit }) => giveBack(limit)));
    const { refusal, retryAfterSeconds } = longest(first, ...others);
    return { outcome: "exhausted", refusal, retryAfterSeconds };
  };

  /** Returns `clear` as a part of a transaction. */
  const clearing = (key: string) => ({ Delete: counters(key) });

  return { spend, spendAll, giveBack, clear, clearing };
};

export type LimitStore = ReturnType<typeof limitStore>;

/** Throws the refusal of an exhausted limit. `userId` is for the log. */
export const requireWithin = (spent: Spending, about: { userId?: string } = {}): void => {
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, { ...spent, ...about });
};
