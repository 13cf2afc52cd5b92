import * as z from "zod";

export const notAnInstant =
  "Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";

/** Of the days and hours in it, not all exist. */
export const instantPattern = String.raw`^\s*\d{4}-\d\d-\d\d([Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+ -]\d\d:\d\d)?)?\s*$`;

const parts = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+ -]\d\d:\d\d)?)?$/i;
const strict = z.iso.datetime({ offset: true });

/**
 * Returns the time in UTC, as ISO 8601 with milliseconds. What is left out is midnight and UTC. An
 * unencoded `+` of a URL arrives as a space.
 */
export const instantOf = (typed: string): string | undefined => {
  const [, day = "", minute = "00:00", second = ":00", zone = "Z"] = parts.exec(typed) ?? [];
  const time = `${day}T${minute}${second}${zone.replace(" ", "+").toUpperCase()}`;
  return strict.safeParse(time).success ? new Date(time).toISOString() : undefined;
};
