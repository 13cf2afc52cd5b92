// All windows of a key are counters in one item. Limits share a key where one write changes both.
import type { ErrorCode } from "../contract/errors.ts";
import { day } from "../platform/clock.ts";
import type { Item } from "../store/documents.ts";
import { keyOf } from "../store/item-kinds.ts";

/** Without `windowSeconds`, the rule limits consecutive attempts until `clear`. */
export type Rule = {
  readonly maximum: number;
  readonly windowSeconds?: number;
  /** Needed where limits that share a key have windows of the same length. */
  readonly name?: "passwords" | "bounces";
  /** Something else counts, and an attempt is only allowed below the maximum. */
  readonly onlyChecked?: true;
  readonly challengeAbove?: number;
  readonly refusal?: ErrorCode;
};

export type Limit = {
  readonly key: string;
  readonly rules: readonly Rule[];
  readonly refusal: ErrorCode;
  /** The longest window of the limits that share the key. */
  readonly keptSeconds?: number;
  /** Allows an attempt beyond the rules if no other was allowed for this long. */
  readonly allowedAgainAfterSeconds?: number;
  /** What attempts meet while the item says that they are stopped for all (`stoppedUntil`). */
  readonly whenStopped?: "refusal" | "challenge";
};

// An attacker who waits for the expiry gets 100 guesses a year.
export const rowLifetimeSeconds = 365 * day;

export const consecutive = "consecutive";
/** The end of the consecutive attempts, which the writes of limits that share the item keep. */
export const rowUntil = "rowUntil";

export const isRow = ({ windowSeconds }: Rule): boolean => windowSeconds === undefined;
export const hasRow = ({ rules }: Limit): boolean => rules.some(isRow);

/** For privacy, counters expire with their longest window. */
export const windowsLifetimeSeconds = ({ rules, keptSeconds }: Limit): number =>
  keptSeconds ?? Math.max(...rules.map(({ windowSeconds = 0 }) => windowSeconds));

export const counterName = (
  { windowSeconds, name }: Pick<Rule, "windowSeconds" | "name">,
  now: number,
): string =>
  windowSeconds === undefined
    ? consecutive
    : `w${windowSeconds}${name === undefined ? "" : `-${name}`}#${Math.floor(now / windowSeconds)}`;

export const secondsLeft = ({ windowSeconds }: Rule, item: Item | undefined, now: number): number =>
  windowSeconds === undefined ? countIn(item, "expiresAt") - now : windowSeconds - (now % windowSeconds);

export const countedBy = ({ rules }: Limit): Rule[] => rules.filter(({ onlyChecked }) => !onlyChecked);

export const countIn = (item: Item | undefined, counter: string): number => Number(item?.[counter] ?? 0);

export const limitPk = (key: string): string => keyOf("limit", key);

const counterPattern = /^(?:consecutive|w(\d+)(?:-([a-z]+))?#(\d+))$/;

type Counter = { number: number; windowSeconds?: number; from?: number };

/** Returns all stored counters of the rules, including those of windows that have ended. */
export const storedCounters = (item: Item, rules?: readonly Rule[]): Counter[] =>
  Object.entries(item).flatMap(([counter, value]) => {
    const [found, length, name, index] = counterPattern.exec(counter) ?? [];
    const number = Number(value);
    const windowSeconds = length === undefined ? undefined : Number(length);
    const isOfRule = (rule: Rule) => rule.windowSeconds === windowSeconds && rule.name === name;
    if (found === undefined || number === 0 || rules?.some(isOfRule) === false) return [];
    if (windowSeconds === undefined) return [{ number }];
    return [{ number, windowSeconds, from: windowSeconds * Number(index) }];
  });

/** Names the counters of windows that have ended. */
export const endedCounters = (item: Item, now: number): string[] =>
  Object.keys(item).filter((counter) => {
    const [, length, , index] = counterPattern.exec(counter) ?? [];
    return length !== undefined && Number(length) * (Number(index) + 1) <= now;
  });
