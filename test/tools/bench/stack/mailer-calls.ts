import type { CallCounts } from "../../../../infra/local/aws-endpoint/call-counter.ts";

/** The mailer, and with another ending its queue poller. */
export const mailer = "Mailer";

export const callsWithoutMailer = (counts: CallCounts): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const [principal, calls] of Object.entries(counts)) {
    if (principal.startsWith(mailer)) continue;
    for (const [name, count] of Object.entries(calls)) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
};
