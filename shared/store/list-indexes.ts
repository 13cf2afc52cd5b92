/**
 * The indexes in which people are listed, and the attributes that put somebody there. State and shard are the partition, so
 * that a filter is a key and never a filter expression; the shards keep a wave of registrations off one partition. The sort
 * attributes end with the id, so that no two people share a place and a place is all that a cursor needs.
 */
import { normaliseAddress } from "../identity/email-address.ts";

export type PersonState = "active" | "disabled" | "pending";
export const personStates = ["active", "disabled", "pending"] as const satisfies readonly PersonState[];

export const shardCount = 4;

/** Index → its keys. Staff has indexes of its own: they are few, and in any state. */
export const listIndexes = {
  ByDate: { partition: "listKey", sort: "listDate" },
  ByAddress: { partition: "listKey", sort: "listAddress" },
  StaffByDate: { partition: "staffKey", sort: "listDate" },
  StaffByAddress: { partition: "staffKey", sort: "listAddress" },
} as const;

/**
 * What the indexes hold beside the keys. The projection of an index can't be changed in
 * CloudFormation, so whatever a list shows is read from the people themselves, and this never needs
 * to change. Expiry leaves out entries that are over; no query reads the state yet.
 */
export const projectedAttributes = ["status", "expiresAt"] as const;

/**
 * What a list reads of a person and shows; hashes of passwords and digests of codes it does not
 * even read.
 */
export const listedAttributes = [
  "id",
  "username",
  "email",
  "firstName",
  "lastName",
  "status",
  "isStaff",
  "createdAt",
  "expiresAt",
] as const;

export const staffKey = "staff";

export const listKey = (state: PersonState, shard: number): string => `${state}#${shard}`;

// Ids are random UUIDs: their first byte is evenly spread.
const shardOf = (id: string): number => Number.parseInt(id.slice(0, 2), 16) % shardCount;

const datePlace = (createdAt: number, id: string): string => `${String(createdAt).padStart(10, "0")}#${id}`;
const addressPlace = (email: string, id: string): string => `${normaliseAddress(email)}#${id}`;

/** Whose place it is. Addresses can hold a `#`, ids can't. */
export const idOfPlace = (place: string): string => place.slice(place.lastIndexOf("#") + 1);

/** The attributes that every write of a person's item maintains. */
export const listAttributes = (
  person: { id: string; email: string; createdAt: number; isStaff?: boolean },
  state: PersonState,
) => ({
  listKey: listKey(state, shardOf(person.id)),
  listDate: datePlace(person.createdAt, person.id),
  listAddress: addressPlace(person.email, person.id),
  ...(person.isStaff === true && { staffKey }),
});
