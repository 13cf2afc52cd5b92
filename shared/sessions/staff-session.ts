import { hour, minute } from "../platform/clock.ts";

const lifetimeSeconds = 12 * hour;
export const staffIdleSeconds = 30 * minute;

export const staffSessionIsOver = (
  { createdAt, usedAt }: { createdAt: number; usedAt: number },
  now: number,
): boolean => now - createdAt >= lifetimeSeconds || now - usedAt >= staffIdleSeconds;
