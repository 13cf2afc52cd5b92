import * as z from "zod";
import { isTooOld, letterOrder } from "../../shared/mail/letter-orders.ts";
import { shownCount } from "../run-command.ts";

export type QueueName = "codes" | "notices" | "feedback";

/** Outputs of the stateful stack. */
export const deadLetterQueues: Record<QueueName, { from: string; to: string }> = {
  codes: { from: "MailDeadLettersUrl", to: "MailQueueUrl" },
  notices: { from: "NoticeDeadLettersUrl", to: "NoticeQueueUrl" },
  feedback: { from: "FeedbackDeadLettersUrl", to: "FeedbackQueueUrl" },
};

export const queueNamesIn = (typed = "all"): QueueName[] => {
  const all = Object.keys(deadLetterQueues) as QueueName[];
  if (typed === "all") return all;
  const named = all.filter((name) => name === typed);
  if (named.length === 0) throw new Error(`--queue: ${typed} is no queue. Use ${all.join(", ")} or all.`);
  return named;
};

const kindPattern = /^[a-z_]{1,40}$/;
const order = z.object({ kind: z.string().regex(kindPattern) });
const report = z.object({ event: z.string().regex(kindPattern) });

const json = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
};

/** What else an order names stays unread, so that nothing about a person can be printed. */
const kindOf = (body: unknown): string =>
  order.safeParse(body).data?.kind ?? report.safeParse(body).data?.event ?? "unreadable";

export type Seen = { kinds: Record<string, number>; tooOld: number; seen: number };

export const summaryOf = (bodies: readonly string[], now: number): Seen => {
  const kinds: Record<string, number> = {};
  let tooOld = 0;
  for (const body of bodies.map(json)) {
    const kind = kindOf(body);
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    const { data } = letterOrder.safeParse(body);
    if (data && isTooOld(data, now)) tooOld += 1;
  }
  return { kinds, tooOld, seen: bodies.length };
};

export const shownSummary = (name: QueueName, all: number, hidden: number, summary: Seen): string => {
  const { kinds, tooOld, seen } = summary;
  const held = hidden > 0 ? ` ${shownCount(hidden)} more are hidden for at most 30 seconds.` : "";
  if (all === 0) return `${name}: none wait.${held}`;
  const counted = Object.entries(kinds)
    .toSorted(([, one], [, other]) => other - one)
    .map(([kind, count]) => `${shownCount(count)} ${kind}`);
  const part = seen < all ? `Of ${shownCount(seen)} of them: ` : "";
  const dropped =
    tooOld > 0
      ? ` The mailer will drop ${shownCount(tooOld)}: codes that were ordered more than 15 minutes ago.`
      : "";
  return `${name}: ${shownCount(all)} wait. ${part}${counted.join(", ")}.${dropped}${held}`;
};
