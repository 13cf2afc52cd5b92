// Orders hold only ids and pseudonyms, so that a dead-letter queue exposes no address or code.
import * as z from "zod";
import { day, minute } from "../platform/clock.ts";
import type { Later } from "./ses-answers.ts";

const history = z.object({
  orderedAt: z.number().optional(),
  tries: z.number().optional(),
  /** The call or command that ordered it. Orders of earlier versions have none. */
  causeRequestId: z.string().optional(),
  /** Which of its letters have left, by kind and pseudonym. */
  sent: z.array(z.string()).optional(),
});

export const letterOrder = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("activation"), addressKey: z.string(), otpRequestId: z.string() }),
    z.object({ kind: z.literal("invitation"), addressKey: z.string(), otpRequestId: z.string() }),
    z.object({ kind: z.literal("login"), userId: z.string(), otpRequestId: z.string() }),
    z.object({
      kind: z.literal("password_reset"),
      addressKey: z.string(),
      otpRequestId: z.string(),
      /** The mailbox that the address is another spelling of. */
      spellingOf: z.string().optional(),
    }),
    z.object({ kind: z.literal("email_change"), userId: z.string(), otpRequestId: z.string() }),
    z.object({ kind: z.literal("email_change_undone"), userId: z.string() }),
    z.object({ kind: z.literal("password_changed"), userId: z.string(), byReset: z.boolean() }),
    z.object({ kind: z.literal("goodbye"), userId: z.string() }),
    z.object({ kind: z.literal("session_replayed"), userId: z.string() }),
    z.object({ kind: z.literal("rank_changed"), userId: z.string(), isStaff: z.boolean() }),
    z.object({ kind: z.literal("address_move_started"), userId: z.string(), moveId: z.string() }),
    z.object({ kind: z.literal("address_move_due"), userId: z.string(), moveId: z.string() }),
    z.object({ kind: z.literal("address_move_cancelled"), userId: z.string() }),
  ])
  .and(history);
export type LetterOrder = z.output<typeof letterOrder>;
type Kind = LetterOrder["kind"];

const codeSeconds = 15 * minute;

const codesOnly: ReadonlySet<Kind> = new Set(["activation", "login", "password_reset"]);
const withCode: ReadonlySet<Kind> = new Set([...codesOnly, "email_change"]);

export const secondsLeftOf = ({ kind, orderedAt }: LetterOrder, now: number): number =>
  withCode.has(kind) && orderedAt !== undefined ? orderedAt + codeSeconds - now : Infinity;

/** No notice and no undo code is too old, so an order with one of them never is. */
export const isTooOld = (order: LetterOrder, now: number): boolean =>
  codesOnly.has(order.kind) && secondsLeftOf(order, now) < 0;

const longestWaitSeconds = 4 * day;
/** Only orders that came back from the dead letters have waited for long with fewer. */
const fewestTries = 10;

export const hasWaitedTooLong = ({ orderedAt = Infinity, tries = 0 }: LetterOrder, now: number): boolean =>
  now - orderedAt > longestWaitSeconds && tries >= fewestTries;

/** Seconds. A rate frees up at once, and a quota or a pause seldom does. */
const windows = {
  room: { code: { first: 4, last: 30 }, notice: { first: 60, last: 900 } },
  closed: { code: { first: 60, last: 120 }, notice: { first: 240, last: 900 } },
};

const reserveSeconds = 10;

/** A random part of a window that doubles. Notices make room for codes. SQS allows 900 seconds. */
export const delaySecondsOf = (
  order: LetterOrder,
  { reason, now }: { reason: Later; now: number },
  random: () => number,
): number => {
  const secondsLeft = secondsLeftOf(order, now);
  const isWaitedFor = secondsLeft > 0 && secondsLeft < Infinity;
  const isClosed = reason === "quota_exceeded" || reason === "sending_paused";
  const { first, last } = windows[isClosed ? "closed" : "room"][isWaitedFor ? "code" : "notice"];
  const latest = isWaitedFor ? secondsLeft - reserveSeconds : last;
  const windowSeconds = Math.min(first * 2 ** (order.tries ?? 0), last, latest);
  return Math.max(1, Math.ceil(random() * windowSeconds));
};
