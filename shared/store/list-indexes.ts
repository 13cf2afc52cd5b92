// The partition key contains the state, so that a query never reads and pays for other states, and
// a shard, so that a wave of registrations doesn't overload one partition. Sort keys end with the
// id, so they are unique and a cursor needs nothing else.
import { normaliseAddress } from "../identity/email-address.ts";
import { storedNames } from "../attributes/stored-attributes.ts";

export type PersonState = "active" | "disabled" | "pending";
export const personStates = ["active", "disabled", "pending"] as const satisfies readonly PersonState[];

export const shardCount = 4;

// CloudFormation can't change the projection of an index, so lists read what they show from the
// people's items. `expiresAt` filters expired registrations. No query reads `status` yet.
const projected = ["status", "expiresAt"] as const;

// Accounts have a `usernameKey` since before there was this index, so AWS fills it by itself.
export const listIndexes = {
  ByDate: { partition: "listKey", sort: "listDate", projected },
  ByAddress: { partition: "listKey", sort: "listAddress", projected },
  StaffByDate: { partition: "staffKey", sort: "listDate", projected },
  StaffByAddress: { partition: "staffKey", sort: "listAddress", projected },
  ByUsername: { partition: "listKey", sort: "usernameKey", projected: ["id", "expiresAt"] },
} as const;

/** Password hashes and code digests are never read for lists. */
export const listedAttributes = [
  "id",
  "username",
  "email",
  "addressKey",
  ...storedNames,
  "status",
  "isStaff",
  "createdAt",
  "expiresAt",
  "addressMove",
  "invitedBy",
  "lastSignInAt",
] as const;

export const staffKey = "staff";

export const listKey = (state: PersonState, shard: number): string => `${state}#${shard}`;

// Ids are random UUIDs, so their first byte is evenly distributed.
const shardOf = (id: string): number => Number.parseInt(id.slice(0, 2), 16) % shardCount;

const lastDate = 9_999_999_999;

/** Sorts before all places of people who were created at this second or later. */
export const startOfDate = (seconds: number): string =>
  String(Math.min(Math.max(0, Math.ceil(seconds)), lastDate)).padStart(10, "0");

const datePlace = (createdAt: number, id: string): string => `${startOfDate(createdAt)}#${id}`;
const addressPlace = (email: string, id: string): string => `${normaliseAddress(email)}#${id}`;

// Addresses can contain a `#`, but ids can't.
export const idOfPlace = (place: string): string => place.slice(place.lastIndexOf("#") + 1);

/** Every write that creates a person or changes their address, state or rank must set these. */
export const listAttributes = (
  person: { id: string; email: string; createdAt: number; isStaff?: boolean },
  state: PersonState,
) => ({
  listKey: listKey(state, shardOf(person.id)),
  listDate: datePlace(person.createdAt, person.id),
  listAddress: addressPlace(person.email, person.id),
  ...(person.isStaff === true && { staffKey }),
});

/** A cursor names the place after which the next page starts. */
export const encodeCursor = (place: string): string => Buffer.from(place).toString("base64url");

export const decodeCursor = (cursor: string, form: RegExp): string | undefined => {
  const place = Buffer.from(cursor, "base64url").toString("utf8");
  return form.test(place) && encodeCursor(place) === cursor ? place : undefined;
};
