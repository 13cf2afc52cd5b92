/**
 * An address that an account has changed from is kept for it as long as the change can be undone: else somebody else's account
 * there would block the way back, and whoever moved the account could make one.
 */
import { variable } from "../platform/environment.ts";
import { emailUndoPk } from "./address-items.ts";
import type { TransactionPart } from "./dynamo.ts";

/**
 * That nobody else can still go back to an address: a part of every transaction that gives an address to an account. So a living
 * way back to the address that an account has is always its own, and may be replaced and deleted with it unasked.
 */
export const notHeldForAnother = (addressKey: string, userId: string, now: number): TransactionPart => ({
  ConditionCheck: {
    TableName: variable("USERS_TABLE"),
    Key: { pk: emailUndoPk(addressKey) },
    ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now OR userId = :userId",
    ExpressionAttributeValues: { ":now": now, ":userId": userId },
  },
});
