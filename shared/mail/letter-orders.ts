// Orders hold only ids and pseudonyms, so that a dead-letter queue exposes no address or code.
import * as z from "zod";
import { day, minute } from "../platform/clock.ts";

/** Orders of an earlier version have none of these. */
const history = z.object({
  /** Epoch seconds, kept when the order is queued again. */
  orderedAt: z.number().optional(),
  /** How often SES had no room for it. Only the next delay depends on this. */
  tries: z.number().optional(),
  /** Which of its letters have left, by kind and pseudonym. */
  sent: z.array(z.string()).optional(),
});

export const letterOrder = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("activation"), addressKey: z.string(), otpRequestId: z.string() }),
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

/** After this time, people no longer wait for the code that they requested. */
const codeSeconds = 15 * minute;

const codesOnly: ReadonlySet<Kind> = new Set(["activation", "login", "password_reset"]);
const withCode: ReadonlySet<Kind> = new Set([...codesOnly, "email_change"]);

/** How long the code of an order is still worth sending. Notices have no such end. */
export const secondsLeftOf = ({ kind, orderedAt }: LetterOrder, now: number): number =>
  withCode.has(kind) && orderedAt !== undefined ? orderedAt + codeSeconds - now : Infinity;

/** No notice and no undo code is too old, so an order with one of them never is. */
export const isTooOld = (order: LetterOrder, now: number): boolean =>
  codesOnly.has(order.kind) && secondsLeftOf(order, now) < 0;

/** A letter that SES refuses for longer goes to the dead letters, where someone sees it. */
const longestWaitSeconds = 4 * day;

export const hasWaitedTooLong = ({ orderedAt = Infinity }: LetterOrder, now: number): boolean =>
  now - orderedAt > longestWaitSeconds;
