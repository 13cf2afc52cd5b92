// One conditional write counts an attempt in all windows of a key, before the action, so that races
// can't exceed a limit. It is the same write for known and unknown addresses.
import { ApiError } from "../contract/errors.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import type { Item } from "../store/documents.ts";
import { conditionalWrite } from "../store/dynamo.ts";
import {
  consecutive,
  counterName,
  countIn,
  endedCounters,
  hasRow,
  isRow,
  limitPk,
  rowLifetimeSeconds,
  rowUntil,
  windowsLifetimeSeconds,
  type Limit,
  type Rule,
} from "./counters.ts";
import { limitReturns } from "./limit-returns.ts";
import {
  allowed,
  longest,
  needsChallenge,
  passedRules,
  refusalOf,
  withinRules,
  type Condition,
  type Spending,
} from "./spending.ts";

const endedCountersKept = 12;

export const limitStore = (clock: Clock = nowSeconds) => {
  const table = variable("LIMITS_TABLE");
  const returns = limitReturns(clock);

  const change = (key: string, update: object) =>
    conditionalWrite({ Update: { TableName: table, Key: { pk: limitPk(key) }, ...update } });

  const forgetCounters = async (key: string, counters: string[]) => {
    const names = Object.fromEntries(counters.map((name, index) => [`#s${index}`, name]));
    await change(key, {
      UpdateExpression: `REMOVE ${Object.keys(names).join(", ")}`,
      ExpressionAttributeNames: names,
    });
  };

  /** Windows that have ended are never read again, so only the row has to go. */
  const dropExpiredRow = async (key: string, now: number) => {
    await change(key, {
      UpdateExpression: `REMOVE ${consecutive}, ${rowUntil}`,
      ConditionExpression: "expiresAt <= :now",
      ExpressionAttributeValues: { ":now": now },
    });
  };

  // The windows of another limit are kept longer than a row that is in its last day. Rows that were
  // counted by earlier versions have no end yet.
  const settleRow = async (limit: Limit, item: Item, now: number) => {
    const [counted, until] = [countIn(item, consecutive), countIn(item, rowUntil)];
    const keptUntil = now + windowsLifetimeSeconds(limit);
    if (hasRow(limit) || (until === 0 ? counted === 0 : until >= keptUntil)) return;
    const ending = {
      UpdateExpression: `SET expiresAt = :until REMOVE ${consecutive}, ${rowUntil}`,
      ConditionExpression: `${rowUntil} = :seen`,
      ExpressionAttributeValues: { ":until": keptUntil, ":seen": until },
    };
    const dating = {
      UpdateExpression: `SET expiresAt = :until, ${rowUntil} = :until`,
      ConditionExpression: `attribute_exists(${consecutive}) AND attribute_not_exists(${rowUntil})`,
      ExpressionAttributeValues: { ":until": now + rowLifetimeSeconds },
    };
    await change(limit.key, until === 0 ? dating : ending);
  };

  const count = (limit: Limit, now: number, condition: Condition, givenBack: readonly Rule[] = []) => {
    const names = limit.rules.map((rule) => counterName(rule, now));
    const namesBack = givenBack.map((rule) => counterName(rule, now));
    const [row, dated] = [hasRow(limit), limit.allowedAgainAfterSeconds !== undefined];
    const sets = [
      row ? `expiresAt = :until, ${rowUntil} = :until` : `expiresAt = if_not_exists(${rowUntil}, :until)`,
      ...(dated ? ["allowedAt = :now"] : []),
    ];
    const adds = [
      ...limit.rules.flatMap(({ onlyChecked }, i) => (onlyChecked ? [] : [`#c${i} :one`])),
      ...namesBack.map((_, i) => `#b${i} :less`),
    ];
    const conditions = [condition.expression, ...namesBack.map((_, i) => `#b${i} > :none`)];
    return change(limit.key, {
      UpdateExpression: `SET ${sets.join(", ")} ADD ${adds.join(", ")}`,
      ConditionExpression: conditions.join(" AND "),
      ExpressionAttributeNames: Object.fromEntries([
        ...names.map((name, i) => [`#c${i}`, name]),
        ...namesBack.map((name, i) => [`#b${i}`, name]),
      ]),
      ExpressionAttributeValues: {
        ":one": 1,
        ...(dated && { ":now": now }),
        ":until": now + (row ? rowLifetimeSeconds : windowsLifetimeSeconds(limit)),
        ...(namesBack.length > 0 && { ":less": -1, ":none": 0 }),
        ...condition.values,
      },
      ReturnValues: "ALL_NEW",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
  };

  const spendBeyondRules = async (limit: Limit, now: number): Promise<boolean> => {
    if (limit.allowedAgainAfterSeconds === undefined) return false;
    const { refused } = await count(limit, now, {
      expression: "attribute_not_exists(allowedAt) OR allowedAt <= :before",
      values: { ":before": now - limit.allowedAgainAfterSeconds },
    });
    return !refused;
  };

  const afterRefusal = async (limit: Limit, item: Item | undefined, now: number): Promise<Spending> => {
    const passed = passedRules(limit, item, now);
    // The item has expired, but TTL hasn't deleted it yet.
    if (passed.some(isRow) && countIn(item, "expiresAt") <= now) {
      await dropExpiredRow(limit.key, now);
      return spend(limit);
    }
    if (await spendBeyondRules(limit, now)) return allowed(false);
    return refusalOf(limit, item, now);
  };

  const afterCount = async (limit: Limit, item: Item = {}, now: number): Promise<Spending> => {
    await settleRow(limit, item, now);
    const ended = endedCounters(item, now);
    if (ended.length > endedCountersKept) await forgetCounters(limit.key, ended);
    return allowed(needsChallenge(limit, item, now));
  };

  /** The write that counts gives an attempt of `inPlaceOf` back, which has the same key. */
  const spend = async (limit: Limit, inPlaceOf?: Limit): Promise<Spending> => {
    const now = clock();
    const { refused, item } = await count(limit, now, withinRules(limit, now), inPlaceOf?.rules);
    if (!refused) return afterCount(limit, item, now);
    if (!inPlaceOf) return afterRefusal(limit, item, now);
    const [spending] = await Promise.all([
      passedRules(limit, item, now).length === 0 ? spend(limit) : afterRefusal(limit, item, now),
      returns.giveBack(inPlaceOf),
    ]);
    return spending;
  };

  /** Counts one attempt under each limit or, if one is exhausted, under none. */
  const spendAll = async (limits: readonly Limit[]): Promise<Spending> => {
    const spent = await Promise.all(limits.map(async (limit) => ({ ...(await spend(limit)), limit })));
    const [first, ...others] = spent.filter((one) => one.outcome === "exhausted");
    if (!first) return allowed(spent.some((one) => one.outcome === "allowed" && one.needsChallenge === true));
    const counted = spent.filter(({ outcome }) => outcome === "allowed");
    await Promise.all(counted.map(({ limit }) => returns.giveBack(limit)));
    const { refusal, retryAfterSeconds } = longest(first, ...others);
    return { outcome: "exhausted", refusal, retryAfterSeconds };
  };

  return { ...returns, spend, spendAll };
};

export type LimitStore = ReturnType<typeof limitStore>;

/** Throws the refusal of an exhausted limit. `userId` is for the log. */
export const requireWithin = (spent: Spending, about: { userId?: string } = {}): void => {
  if (spent.outcome === "exhausted") throw new ApiError(spent.refusal, { ...spent, ...about });
};
