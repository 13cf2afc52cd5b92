// All windows of a key are counters in one item, named by their length and number.
import type { ErrorCode } from "../contract/errors.ts";
import { day } from "../platform/clock.ts";
import type { Item } from "../store/documents.ts";
import { keyOf } from "../store/item-kinds.ts";

/** Without `windowSeconds`, the rule limits consecutive attempts until `clear`. */
export type Rule = {
  readonly maximum: number;
  readonly windowSeconds?: number;
  readonly challengeAbove?: number;
  readonly refusal?: ErrorCode;
};

export type Limit = {
  readonly key: string;
  readonly rules: readonly Rule[];
  readonly refusal: ErrorCode;
  /** Allows an attempt beyond the rules if no other was allowed for this long. */
  readonly allowedAgainAfterSeconds?: number;
};

// An attacker who waits for the expiry gets 100 guesses a year.
const consecutiveLifetimeSeconds = 365 * day;

/** For privacy, counters expire with their longest window. */
export const lifetimeSeconds = (rules: readonly Rule[]): number =>
  Math.max(...rules.map(({ windowSeconds = consecutiveLifetimeSeconds }) => windowSeconds));

export const counterName = ({ windowSeconds }: Rule, now: number): string =>
  windowSeconds === undefined ? "consecutive" : `w${windowSeconds}#${Math.floor(now / windowSeconds)}`;

export const secondsLeft = ({ windowSeconds }: Rule, item: Item | undefined, now: number): number =>
  windowSeconds === undefined ? countIn(item, "expiresAt") - now : windowSeconds - (now % windowSeconds);

export const countIn = (item: Item | undefined, counter: string): number => Number(item?.[counter] ?? 0);

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
