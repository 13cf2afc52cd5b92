import type { Later } from "./ses-answers.ts";

/** SQS allows no more. */
const longestSeconds = 900;

/** The first delay: a rate frees up at once, and a quota or a pause seldom does. */
const firstSeconds = { throttled: 4, unavailable: 4, quota_exceeded: 60, sending_paused: 60 };

/** Notices make room for the codes for which people wait. */
const patience = 4;

/** Before its code is worth nothing, an order is tried once more. */
const reserveSeconds = 10;

/** The window of the delay doubles with each try, and a random part of it spreads the orders. */
export const delaySecondsOf = (
  { reason, tries, secondsLeft }: { reason: Later; tries: number; secondsLeft: number },
  random: () => number,
): number => {
  const isWaitedFor = secondsLeft > 0 && secondsLeft < Infinity;
  const first = firstSeconds[reason] * (isWaitedFor ? 1 : patience);
  const latest = isWaitedFor ? secondsLeft - reserveSeconds : longestSeconds;
  const windowSeconds = Math.min(first * 2 ** tries, latest, longestSeconds);
  return Math.max(1, Math.ceil(random() * windowSeconds));
};
