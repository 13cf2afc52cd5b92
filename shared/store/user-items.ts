/** The items of the Users table and their keys. Types are derived; whatever is read is parsed. */
import * as z from "zod";

export const userPk = (userId: string) => `user#${userId}`;
export const addressPk = (addressKey: string) => `email#${addressKey}`;
export const usernamePk = (usernameKey: string) => `username#${usernameKey}`;
export const registrationPk = (addressKey: string) => `pending#${addressKey}`;
export const registrationIdPk = (id: string) => `registration#${id}`;

const person = {
  id: z.string(),
  username: z.string(),
  /** As typed; letters go to its deliverable form. */
  email: z.string(),
  addressKey: z.string(),
  firstName: z.string(),
  lastName: z.string(),
  /** PHC string. */
  passwordHash: z.string(),
  createdAt: z.int(),
};

/** `user#<id>`: the one truth about an activated account. */
export const userItem = z.object({
  ...person,
  status: z.enum(["active", "disabled"]),
  isStaff: z.boolean(),
  /** Sessions of an older epoch are over. */
  sessionEpoch: z.int(),
  /** The address that a change can still be undone to, and until when: see `address-items`. */
  undoAddressKey: z.string().optional(),
  undoUntil: z.int().optional(),
});
export type User = z.output<typeof userItem>;

/** `pending#<address key>`: a registration that nobody has proven yet. */
export const registrationItem = z.object({
  ...person,
  /** The request whose code will count; gone once its letter has left. */
  otpRequestId: z.string().optional(),
  /** Epoch seconds; after it the registration counts as absent even while TTL has not deleted it. */
  expiresAt: z.int(),
});
export type Registration = z.output<typeof registrationItem>;

export type Person = User | Registration;
export const isAccount = (person: Person): person is User => "status" in person;

/** Whatever a code can be issued for. */
export const codeItem = z.object({ email: z.string() });

/** `email#<address key>` and, once permanent, `username#<name>`. */
export const pointerItem = z.object({ userId: z.string() });

/** `username#<name>` while the registration of this address key is alive. */
export const reservationItem = z.object({ reservedFor: z.string() });

/** `registration#<id>`: where that registration lies, as long as nobody registers the address again. */
export const registrationPointerItem = z.object({ addressKey: z.string() });
