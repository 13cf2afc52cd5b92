/**
 * The items of the Users table that exist while an address changes. The change and its undoing hold
 * codes, like accounts and registrations, so `code-store` issues codes for them too.
 */
import * as z from "zod";
import { day, hour } from "../platform/clock.ts";
import type { User } from "./user-items.ts";

export const emailChangePk = (userId: string) => `email-change#${userId}`;
export const emailClaimPk = (newAddressKey: string) => `email-claim#${newAddressKey}`;
export const emailUndoPk = (oldAddressKey: string) => `undo#${oldAddressKey}`;
/** The code of a lost password, which lies in the mailbox that an account moves away from. */
export const resetPk = (addressKey: string) => `reset#${addressKey}`;

/** From the moment the new address takes over. */
export const undoSeconds = 7 * day;
/** Longer than an order may wait and its code live. */
export const changeSeconds = hour;

/** `email-change#<user id>`: the one change that an account waits for. */
export const emailChangeItem = z.object({
  userId: z.string(),
  email: z.string(),
  addressKey: z.string(),
  /** The address it starts from: another one by now, and the change is void. */
  oldAddressKey: z.string(),
  /** And the sessions' epoch: whatever ends all other sessions ends a change that one of them has asked for. */
  sessionEpoch: z.int(),
  /** Whether the old address gets an undo code; else an earlier change can still be undone, and with it this one, by staff. */
  withUndo: z.boolean(),
  /** Asked for by staff: its owner may confirm it without being signed in. */
  byStaff: z.boolean(),
  otpRequestId: z.string().optional(),
  expiresAt: z.int(),
});
export type EmailChange = z.output<typeof emailChangeItem>;

/** `undo#<old address key>`: at most one for each account, for the address that nobody but its owner has changed from. */
export const emailUndoItem = z.object({ userId: z.string(), email: z.string(), expiresAt: z.int() });
export type EmailUndo = z.output<typeof emailUndoItem>;

/** `email-claim#<new address key>`: whose change by staff it is. */
export const emailClaimItem = z.object({ userId: z.string() });

/** The key of the earlier address that an account can go back to, if it can. */
export const wayBackOf = (
  { addressKey, undoAddressKey, undoUntil = 0 }: User,
  now: number,
): string | undefined => (undoUntil > now && undoAddressKey !== addressKey ? undoAddressKey : undefined);

/** Whether there is no earlier change to undo, so that this one opens the seven days. */
export const opensUndo = (user: User, now: number): boolean => wayBackOf(user, now) === undefined;

/**
 * Keys of all these items that a deleted account may own. Of earlier addresses only the one still
 * held for it counts: any other may belong to another account by now, and so may its undo item.
 */
export const addressChangePks = (user: User, now: number): string[] => {
  const undoPks = [user.addressKey, wayBackOf(user, now) ?? user.addressKey].map(emailUndoPk);
  return [emailChangePk(user.id), ...new Set(undoPks)];
};
