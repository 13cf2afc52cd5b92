/**
 * An address that an account has changed from is held for it as long as the change can be undone.
 * Otherwise another account at that address would block the way back, and the person who moved the
 * account could create one there.
 */
import { variable } from "../platform/environment.ts";
import { emailUndoPk } from "./address-items.ts";
import type { TransactionPart } from "./dynamo.ts";

/**
 * Transaction condition: no other account can still return to this address. Every transaction that
 * assigns an address includes it. So an unexpired undo item for an account's current address is
 * always its own.
 */
export const notHeldForAnother = (addressKey: string, userId: string, now: number): TransactionPart => ({
  ConditionCheck: {
    TableName: variable("USERS_TABLE"),
    Key: { pk: emailUndoPk(addressKey) },
    ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now OR userId = :userId",
    ExpressionAttributeValues: { ":now": now, ":userId": userId },
  },
});
