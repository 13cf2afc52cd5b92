import { day, hour, minute } from "../../shared/platform/clock.ts";

const units: Record<string, number> = { m: minute, h: hour, d: day };
const isDate = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

/** In epoch seconds. A date alone begins at midnight UTC. A time without a zone could mean two. */
export const moment = (option: string, text: string, now: number): number => {
  const [, count, unit = ""] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * (units[unit] ?? 0);
  const at = isDate.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at))
    throw new Error(
      `--${option} is a time such as 2026-01-31T08:00Z, or a time ago such as 30m, 2h or 3d. Nothing was sent.`,
    );
  return Math.floor(at / 1000);
};
