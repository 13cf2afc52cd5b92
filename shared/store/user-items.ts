import * as z from "zod";
import { locales } from "../identity/locale.ts";
import { storedAttributes } from "../attributes/stored-attributes.ts";
import { day } from "../platform/clock.ts";
import { keyOf } from "./item-kinds.ts";

export const userPk = (userId: string) => keyOf("user", userId);
export const addressPk = (addressKey: string) => keyOf("email", addressKey);
export const usernamePk = (usernameKey: string) => keyOf("username", usernameKey);
export const registrationPk = (addressKey: string) => keyOf("pending", addressKey);
export const registrationIdPk = (id: string) => keyOf("registration", id);

/** The language of letters. A value of a later version counts as none. */
export const storedLocale = z.enum(locales).optional().catch(undefined);

const person = {
  id: z.string(),
  username: z.string(),
  /** The address as typed. Letters go to its deliverable form. */
  email: z.string(),
  addressKey: z.string(),
  /** Our PHC string, or the imported form of another system (see `hash-forms`). */
  passwordHash: z.string(),
  createdAt: z.int(),
  ...storedAttributes,
};

/** The account waits to be moved from a lost mailbox, and is `disabled` meanwhile. */
export const addressMoveItem = z.object({
  id: z.string(),
  email: z.string(),
  addressKey: z.string(),
  startedBy: z.string().optional(),
  dueAt: z.int(),
  /** The newest request for a code to the new address, once the move was confirmed. */
  confirmation: z.string().optional(),
});
export type AddressMove = z.output<typeof addressMoveItem>;

export const userItem = z.object({
  ...person,
  /** A state of a later version counts as deactivated: nothing is sent or allowed. */
  status: z.enum(["active", "disabled"]).catch("disabled"),
  isStaff: z.boolean(),
  /** Missing in accounts that have been staff since their creation. */
  staffSince: z.int().optional(),
  /** Missing in accounts that took their name before case was folded. */
  usernameKey: z.string().optional(),
  sessionEpoch: z.int(),
  /** The earlier address that the account can return to until `undoUntil` (epoch seconds). */
  undoAddressKey: z.string().optional(),
  undoUntil: z.int().optional(),
  /** Replaces `undoUntil` while the account is deactivated. */
  undoSecondsLeft: z.int().optional(),
  addressMove: addressMoveItem.optional().catch(undefined),
  /** Written with the code that the sign-in consumes. Missing before the first one. */
  lastSignInAt: z.int().optional(),
  /** Counts the account's changes (see `user-change`). Missing in accounts of earlier versions. */
  version: z.int().optional().catch(undefined),
});
export type User = z.output<typeof userItem>;

/** Counted from the moment of sending. */
export const invitationSeconds = 7 * day;

export const registrationItem = z.object({
  ...person,
  /** True if different data was registered for the address: some of it may be a stranger's. */
  replaced: z.boolean().optional(),
  /** Pseudonyms of who is charged if the letter comes back. An account doesn't get them. */
  networkKey: z.string().optional(),
  domainKey: z.string().optional(),
  /** The newest request for a code, until its letter has been sent. */
  otpRequestId: z.string().optional(),
  otpDigest: z.string().optional(),
  otpExpiresAt: z.int().optional(),
  /** The administrator who invited this person. The names are then theirs, never a stranger's. */
  invitedBy: z.string().optional(),
  inviteRequestId: z.string().optional(),
  inviteDigest: z.string().optional(),
  inviteExpiresAt: z.int().optional(),
  /** In epoch seconds. TTL deletes late, so every read must compare it with the clock. */
  expiresAt: z.int(),
});
export type Registration = z.output<typeof registrationItem>;

export type Person = User | Registration;
export const isAccount = (person: Person): person is User => "status" in person;
export const isInvited = (person: Person | undefined): boolean =>
  person !== undefined && "invitedBy" in person && person.invitedBy !== undefined;

/** The part that all items with a code have in common. */
export const codeItem = z.object({
  email: z.string(),
  addressKey: z.string(),
  locale: storedLocale,
  replaced: z.boolean().optional(),
  /** Only registrations have it, because their letters are unproven. */
  domainKey: z.string().optional(),
});
export type CodeHolder = z.output<typeof codeItem>;

/** `email#<address key>`, and `username#<name>` of an account. */
export const pointerItem = z.object({ userId: z.string() });

/** `email#<address key>`. Pointers that are older than device generations have none. */
export const addressPointerItem = pointerItem.extend({ deviceGeneration: z.string().default("0") });
export type AddressPointer = z.output<typeof addressPointerItem>;

/** `username#<name>` that a registration reserves. `reservedFor` is its address key. */
export const reservationItem = z.object({ reservedFor: z.string() });

/** Finds a registration by its id, unless its address was registered again since. */
export const registrationPointerItem = z.object({ addressKey: z.string() });

/** A stranger must not end an invitation. Only the short code and its password are theirs. */
export const besideInvitation = (registration: Registration, invitation: Registration): Registration => {
  const { passwordHash, otpRequestId, networkKey, domainKey } = registration;
  const { otpDigest: _, otpExpiresAt: _until, ...kept } = invitation;
  return { ...kept, passwordHash, otpRequestId, networkKey, domainKey };
};
