import type { ErrorCode } from "../contract/errors.ts";
import type { Item } from "../store/documents.ts";
import { counterName, countIn, secondsLeft, type Limit, type Rule } from "./counters.ts";

type Refusal = { refusal: ErrorCode; retryAfterSeconds: number };
type Exhausted = Refusal & { outcome: "exhausted" };
type Allowed = { outcome: "allowed"; needsChallenge?: true };
export type Spending = Allowed | Exhausted;

export const allowed = (needsChallenge: boolean): Allowed => ({
  outcome: "allowed",
  ...(needsChallenge && { needsChallenge }),
});

export const longest = (first: Refusal, ...others: Refusal[]): Exhausted => ({
  outcome: "exhausted",
  ...others.reduce((one, other) => (other.retryAfterSeconds > one.retryAfterSeconds ? other : one), first),
});

const stopLeft = (item: Item | undefined, now: number): number => countIn(item, "stoppedUntil") - now;

export const needsChallenge = ({ rules, whenStopped }: Limit, item: Item | undefined, now: number): boolean =>
  (whenStopped === "challenge" && stopLeft(item, now) > 0) ||
  rules.some((rule) => countIn(item, counterName(rule, now)) > (rule.challengeAbove ?? Infinity));

export type Condition = { expression: string; values: Record<string, number> };

export const withinRules = ({ rules, whenStopped }: Limit, now: number): Condition => {
  const counts = rules.map((_, i) => `(attribute_not_exists(#c${i}) OR #c${i} < :max${i})`);
  const notStopped = "(attribute_not_exists(stoppedUntil) OR stoppedUntil <= :now)";
  const canRefuse = whenStopped === "refusal";
  return {
    expression: [...counts, ...(canRefuse ? [notStopped] : [])].join(" AND "),
    values: {
      ...Object.fromEntries(rules.map(({ maximum }, i) => [`:max${i}`, maximum])),
      ...(canRefuse && { ":now": now }),
    },
  };
};

export const passedRules = ({ rules }: Limit, item: Item | undefined, now: number): Rule[] =>
  rules.filter((rule) => countIn(item, counterName(rule, now)) >= rule.maximum);

export const refusalOf = (limit: Limit, item: Item | undefined, now: number): Exhausted => {
  const { refusal, whenStopped } = limit;
  const refusals = passedRules(limit, item, now).map((rule) => ({
    refusal: rule.refusal ?? refusal,
    retryAfterSeconds: secondsLeft(rule, item, now),
  }));
  const stopped = whenStopped === "refusal" ? stopLeft(item, now) : 0;
  return longest({ refusal, retryAfterSeconds: Math.max(1, stopped) }, ...refusals);
};
