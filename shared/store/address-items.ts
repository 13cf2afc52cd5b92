import * as z from "zod";
import { day, hour } from "../platform/clock.ts";
import { keyOf } from "./item-kinds.ts";
import { storedLocale, type User } from "./user-items.ts";

export const emailChangePk = (userId: string) => keyOf("email-change", userId);
export const emailClaimPk = (newAddressKey: string) => keyOf("email-claim", newAddressKey);
export const emailUndoPk = (oldAddressKey: string) => keyOf("undo", oldAddressKey);
/** Keyed by address, because a reset code is revoked when its account moves to another mailbox. */
export const resetPk = (addressKey: string) => keyOf("reset", addressKey);

export const undoSeconds = 7 * day;
/** Longer than the maximum wait of an order plus the lifetime of its code. */
export const changeSeconds = hour;

export const emailChangeItem = z.object({
  userId: z.string(),
  email: z.string(),
  addressKey: z.string(),
  locale: storedLocale,
  /** The change can't be confirmed if the account has another address by now. */
  oldAddressKey: z.string(),
  /** Ending all other sessions raises the epoch and so revokes changes that they requested. */
  sessionEpoch: z.int(),
  /** False if an earlier change can still be undone. Its undo code then reverts this one too. */
  withUndo: z.boolean(),
  /** True for a change by staff, which the owner can confirm without being signed in. */
  byStaff: z.boolean(),
  otpRequestId: z.string().optional(),
  /** Set for a change from a lost mailbox (see `address-move-store`). It has no way back. */
  moveId: z.string().optional(),
  expiresAt: z.int(),
});
export type EmailChange = z.output<typeof emailChangeItem>;

/**
 * Exists only for the first of several changes, because its undo code reverts all of them. While
 * its account is deactivated, it has `secondsLeft` and no expiry, so TTL can't delete it.
 */
export const emailUndoItem = z.object({
  userId: z.string(),
  /** Missing for an address that was replaced as a lost mailbox: only its pseudonym is kept. */
  email: z.string().optional(),
  locale: storedLocale,
  expiresAt: z.int().optional(),
  secondsLeft: z.int().optional(),
});
export type EmailUndo = z.output<typeof emailUndoItem>;

/** Until when the change can be undone; for a deactivated account, if it were activated now. */
export const undoableUntil = ({ expiresAt, secondsLeft = 0 }: EmailUndo, now: number): number =>
  expiresAt ?? now + secondsLeft;

/** Finds the account of a change by staff, because its owner isn't signed in. */
export const emailClaimItem = z.object({ userId: z.string() });

/** Returns the key of the earlier address that the account can still return to. */
export const wayBackOf = (
  { addressKey, undoAddressKey, undoUntil = 0, undoSecondsLeft = 0 }: User,
  now: number,
): string | undefined =>
  (undoUntil > now || undoSecondsLeft > 0) && undoAddressKey !== addressKey ? undoAddressKey : undefined;

/** True if a change that starts now gets an undo code. */
export const opensUndo = (user: User, now: number): boolean => wayBackOf(user, now) === undefined;

// Covers the current and the held address only: undo items of other earlier addresses may belong to
// another account by now.
export const addressChangePks = (user: User, now: number): string[] => {
  const undoPks = [user.addressKey, wayBackOf(user, now) ?? user.addressKey].map(emailUndoPk);
  return [emailChangePk(user.id), ...new Set(undoPks)];
};
