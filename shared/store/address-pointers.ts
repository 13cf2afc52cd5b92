// The pointer of an address also holds its device generation: a device is known only while its
// token carries the current one. Each act that ends what device tokens vouch for begins a
// generation in its own transaction. It is named after the invocation that began it and isn't used
// again, so nothing needs to outlive a deleted pointer, and an act needs no read before it.
import { randomUUID } from "node:crypto";
import { hour } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { readItem, type TransactionPart } from "./dynamo.ts";
import { addressPk, addressPointerItem, type AddressPointer } from "./user-items.ts";

export const findAddressPointer = async (addressKey: string): Promise<AddressPointer | undefined> => {
  const item = await readItem(variable("USERS_TABLE"), addressPk(addressKey));
  return addressPointerItem.safeParse(item).data;
};

/** Fails if an account has the address. Devices of an earlier owner stay unknown. */
export const takingAddress = (
  addressKey: string,
  userId: string,
  deviceGeneration: string = randomUUID(),
  condition = "attribute_not_exists(userId)",
): TransactionPart => ({
  Put: {
    TableName: variable("USERS_TABLE"),
    Item: { pk: addressPk(addressKey), userId, deviceGeneration },
    ConditionExpression: condition,
  },
});

/** Far longer than a function runs. */
const leftSeconds = hour;

/** Stays in place of the pointer, so that no activation misses a hold that began after its read. */
export const leavingAddress = (addressKey: string, now: number): TransactionPart => ({
  Put: {
    TableName: variable("USERS_TABLE"),
    Item: { pk: addressPk(addressKey), expiresAt: now + leftSeconds },
  },
});

export const forgettingDevices = (
  { id, addressKey }: { id: string; addressKey: string },
  deviceGeneration: string = randomUUID(),
): TransactionPart => ({
  Update: {
    TableName: variable("USERS_TABLE"),
    Key: { pk: addressPk(addressKey) },
    UpdateExpression: "SET deviceGeneration = :generation",
    ConditionExpression: "userId = :userId",
    ExpressionAttributeValues: { ":generation": deviceGeneration, ":userId": id },
  },
});
