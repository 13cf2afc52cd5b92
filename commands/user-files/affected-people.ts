// Whom a notice about a leak of data concerns.
import { instantOf, notAnInstant } from "../../shared/identity/instant.ts";
import type { User } from "../../shared/store/user-items.ts";

export type AffectedOptions = {
  since?: string | undefined;
  until?: string | undefined;
  "signed-in": boolean;
  all: boolean;
  ids?: string | undefined;
};

const secondsIn = (option: "since" | "until", typed: string | undefined): number | undefined => {
  if (typed === undefined) return undefined;
  const instant = instantOf(typed.trim());
  if (instant === undefined) throw new Error(`--${option}: ${notAnInstant}`);
  return Date.parse(instant) / 1000;
};

export const isComplete = ({ since, until, "signed-in": signedIn, all, ids }: AffectedOptions): boolean => {
  const isForTime = since !== undefined || signedIn;
  if (until !== undefined && !isForTime) return false;
  return [isForTime, all, ids !== undefined].filter(Boolean).length === 1;
};

/** A person who signed in after the time may have done it in that time too. */
export const affectedBy = (options: AffectedOptions, now: number): ((account: User) => boolean) => {
  const [since = 0, until = Infinity] = [
    secondsIn("since", options.since),
    secondsIn("until", options.until),
  ];
  if (since > now) throw new Error("--since is in the future.");
  if (until <= since) throw new Error("--until must be later than --since.");
  return ({ createdAt, lastSignInAt = -1 }) =>
    createdAt < until && (!options["signed-in"] || lastSignInAt >= since);
};
