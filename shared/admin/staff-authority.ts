/** The rank of staff must still be there at the moment when an act is written. */
import { variable } from "../platform/environment.ts";
import type { TransactionPart } from "../store/dynamo.ts";
import { userPk, type User } from "../store/user-items.ts";

/**
 * The condition that the actor is still staff, as part of the act's transaction: of two administrators who demote each other
 * one succeeds, so that there is always one left.
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
