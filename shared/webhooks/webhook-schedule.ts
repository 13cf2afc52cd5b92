// When a failed webhook is tried again: the example of the specification of Standard Webhooks.
import { day, hour, minute } from "../platform/clock.ts";

const pauses = [
  5,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
] as const;

export const quickPauseSeconds = pauses[0];
const longestStepSeconds = 900;
const longestAskedSeconds = day;

/** `tries` have failed. Returns nothing if there is no further one. */
export const nextTryAt = (
  tries: number,
  { now, askedSeconds = 0 }: { now: number; askedSeconds?: number | undefined },
): number | undefined => {
  const pause = pauses[tries - 1];
  return pause === undefined ? undefined : now + Math.max(pause, Math.min(askedSeconds, longestAskedSeconds));
};

export const stepSeconds = (dueAt: number, now: number): number =>
  Math.max(0, Math.min(longestStepSeconds, dueAt - now));

/** `Retry-After` is a number of seconds or a date (RFC 9110). */
export const askedSecondsIn = (retryAfter: string | null, now: number): number | undefined => {
  if (retryAfter === null) return undefined;
  const text = retryAfter.trim();
  if (/^\d+$/.test(text)) return Number(text);
  const at = /[a-z]/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil(at / 1000) - now);
};
