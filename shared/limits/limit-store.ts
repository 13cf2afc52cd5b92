/**
 * The one mechanism that limits anything: counters per window in one item, spent before the thing
 * they limit, by one conditional write. However many callers race, exactly the allowed number
 * passes; a refused attempt is not counted, and costs the same whether or not the address behind
 * the key exists.
 */
import { DeleteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ApiError, type ErrorCode } from "../contract/errors.ts";
import { day, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { conditionalWrite, type Item } from "../store/dynamo.ts";

/** At most `maximum` in each window of `windowSeconds`; without a window: in a row, until `clear`. */
export type Rule = {
  readonly maximum: number;
  readonly windowSeconds?: number;
  /** Where it is another than the limit's. */
  readonly refusal?: ErrorCode;
};

/** What is counted under one key, and the refusal that whoever passes it gets. */
export type Limit = { readonly key: string; readonly rules: readonly Rule[]; readonly refusal: ErrorCode };

type Refusal = { refusal: ErrorCode; retryAfterSeconds: number };
type Exhausted = Refusal & { outcome: "exhausted" };
type Spending = { outcome: "allowed" } | Exhausted;

// Long enough that waiting it out gives 100 guesses a year.
const consecutiveLifetimeSeconds = 365 * day;
const staleCountersKept = 12;

/** Counters go with their longest window: who called from where is nobody's business afterwards. */
const lifetimeSeconds = (rules: readonly Rule[]): number =>
  Math.max(...rules.map(({ windowSeconds = consecutiveLifetimeSeconds }) => windowSeconds));

const counterName = ({ windowSeconds }: Rule, now: number): string =>
  windowSeconds === undefined ? "consecutive" : `w${windowSeconds}#${Math.floor(now / windowSeconds)}`;

const secondsLeft = ({ windowSeconds }: Rule, item: Item | undefined, now: number): number =>
  windowSeconds === undefined ? countIn(item, "expiresAt") - now : windowSeconds - (now % windowSeconds);

/** The one that lasts longest: whoever waits for it has waited for all. */
const longest = (first: Refusal, ...others: Refusal[]): Exhausted => ({
  outcome: "exhausted",
  ...others.reduce((one, other) => (other.retryAfterSeconds > one.retryAfterSeconds ? other : one), first),
});

const countIn = (item: Item | undefined, counter: string): number => Number(item?.[counter] ?? 0);

export const limitPk = (key: string): string => `limit#${key}`;

const counterPattern = /^(?:consecutive|w(\d+)#(\d+))$/;

/** A counter as it lies in the store; without a window, `windowSeconds` and `from` are absent. */
type Counter = { number: number; windowSeconds?: number; from?: number };

/** What was counted under a key, also in windows that are over, as long as it is stored. */
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

  /** Forgets everything counted under `key`: after a success. */
  const clear = async (key: string): Promise<void> => {
    await conditionalWrite(new DeleteCommand(counters(key)));
  };

  /** Counts one attempt, unless that would pass a rule. */
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
      // Over, though TTL has not deleted it yet: as good as absent.
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

  /** Takes back one attempt that came to nothing, in the windows that are open now. */
  const giveBack = async ({ key, rules }: Limit): Promise<void> => {
    const now = clock();
    const names = rules.map((rule) => counterName(rule, now));
    // The windows may have changed since it was spent: then there is nothing to take back.
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

  /** Counts one attempt under each limit or, if one of them is exhausted, under none. */
  const spendAll = async (limits: readonly Limit[]): Promise<Spending> => {
    const spent = await Promise.all(limits.map(async (limit) => ({ ...(await spend(limit)), limit })));
    const [first, ...others] = spent.filter((one) => one.outcome === "exhausted");
    if (!first) return { outcome: "allowed" };
    const allowed = spent.filter(({ outcome }) => outcome === "allowed");
    await Promise.all(allowed.map(({ limit }) => giveBack(limit)));
    const { refusal, retryAfterSeconds } = longest(first, ...others);
    return { outcome: "exhausted", refusal, retryAfterSeconds };
  };

  /** `clear` as a part of the transaction that is the success. */
  const clearing = (key: string) => ({ Delete: counters(key) });

  return { spend, spendAll, giveBack, clear, clearing };
};

export type LimitStore = ReturnType<typeof limitStore>;

/**
 * Passes, or throws the refusal of the exhausted limit. `userId`: the account that it is about, for
 * the log.
 */
export const requireWithin = (spent: Spending, about: { userId?: string } = {}): void => {
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, { ...spent, ...about });
};
