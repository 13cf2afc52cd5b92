import { variable } from "../platform/environment.ts";
import type { TransactionPart } from "../store/dynamo.ts";
import { userPk, type User } from "../store/user-items.ts";

/**
 * Transaction condition: the actor is still staff. If two administrators demote each other, only
 * one succeeds, so that one always remains.
 */
export const authorityOf = ({ id }: User): TransactionPart => ({
  ConditionCheck: {
    TableName: variable("USERS_TABLE"),
    Key: { pk: userPk(id) },
    ConditionExpression: "isStaff = :staff AND #status = :active",
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: { ":staff": true, ":active": "active" },
  },
});
