/** Sessions of staff end sooner than those of other people. */
import { hour, minute } from "../platform/clock.ts";

const lifetimeSeconds = 12 * hour;
const idleSeconds = 30 * minute;

/**
 * `usedAt`: when the session's tokens were last made. A refresh is refused after the idle time, so
 * that no refresh extends it.
 */
export const staffSessionIsOver = (
  { createdAt, usedAt }: { createdAt: number; usedAt: number },
  now: number,
): boolean => now - createdAt >= lifetimeSeconds || now - usedAt >= idleSeconds;
