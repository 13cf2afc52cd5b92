import * as z from "zod";

export const userPk = (userId: string) => `user#${userId}`;
export const addressPk = (addressKey: string) => `email#${addressKey}`;
export const usernamePk = (usernameKey: string) => `username#${usernameKey}`;
export const registrationPk = (addressKey: string) => `pending#${addressKey}`;
export const registrationIdPk = (id: string) => `registration#${id}`;

const person = {
  id: z.string(),
  username: z.string(),
  /** The address as typed. Letters go to its deliverable form. */
  email: z.string(),
  addressKey: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  /** Our PHC string, or the imported form of another system (see `hash-forms`). */
  passwordHash: z.string(),
  createdAt: z.int(),
};

/** The account waits to be moved from a lost mailbox, and is `disabled` meanwhile. */
export const addressMoveItem = z.object({
  id: z.string(),
  email: z.string(),
  addressKey: z.string(),
  /** The administrator who started it, or nothing for an operator. */
  startedBy: z.string().optional(),
  /** From then on, it needs no second administrator. */
  dueAt: z.int(),
  /** The newest request for a code to the new address, once the move was confirmed. */
  confirmation: z.string().optional(),
});
export type AddressMove = z.output<typeof addressMoveItem>;

export const userItem = z.object({
  ...person,
  status: z.enum(["active", "disabled"]),
  isStaff: z.boolean(),
  sessionEpoch: z.int(),
  /** The earlier address that the account can return to until `undoUntil` (epoch seconds). */
  undoAddressKey: z.string().optional(),
  undoUntil: z.int().optional(),
  addressMove: addressMoveItem.optional(),
});
export type User = z.output<typeof userItem>;

export const registrationItem = z.object({
  ...person,
  /** The newest request for a code, until its letter has been sent. */
  otpRequestId: z.string().optional(),
  /** In epoch seconds. TTL deletes late, so every read must compare it with the clock. */
  expiresAt: z.int(),
});
export type Registration = z.output<typeof registrationItem>;

export type Person = User | Registration;
export const isAccount = (person: Person): person is User => "status" in person;

/** The part that all items with a code have in common. */
export const codeItem = z.object({ email: z.string() });

/** `email#<address key>`, and `username#<name>` of an account. */
export const pointerItem = z.object({ userId: z.string() });

/** `username#<name>` that a registration reserves. `reservedFor` is its address key. */
export const reservationItem = z.object({ reservedFor: z.string() });

/** Finds a registration by its id, unless its address was registered again since. */
export const registrationPointerItem = z.object({ addressKey: z.string() });
