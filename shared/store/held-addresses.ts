// An address that an account has changed from is held for it while the change can be undone.
// Otherwise an attacker who changed it could register the old address and so block the undo.
import { variable } from "../platform/environment.ts";
import { emailUndoPk } from "./address-items.ts";
import type { TransactionPart } from "./dynamo.ts";

// Every transaction that assigns an address includes this condition, except the undo, which deletes
// the undo item of its own account. So an unexpired undo item for an account's current address
// always belongs to that account.
export const notHeldForAnother = (addressKey: string, userId: string, now: number): TransactionPart => ({
  ConditionCheck: {
    TableName: variable("USERS_TABLE"),
    Key: { pk: emailUndoPk(addressKey) },
    ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now OR userId = :userId",
    ExpressionAttributeValues: { ":now": now, ":userId": userId },
  },
});
