import { variable } from "../platform/environment.ts";
import type { TransactionPart } from "../store/dynamo.ts";
import { userPk, type User } from "../store/user-items.ts";

/**
 * Transaction condition: the actor is still staff. If two administrators demote each other, only
 * one succeeds, so that one always remains. It is empty for the actor's own account, because a
 * transaction may contain an item only once. There, the write's own condition must hold.
 */
export const authorityOver = (actor: User, account: Pick<User, "id">): TransactionPart[] =>
  actor.id === account.id
    ? []
    : [
        {
          ConditionCheck: {
            TableName: variable("USERS_TABLE"),
            Key: { pk: userPk(actor.id) },
            ConditionExpression: "isStaff = :staff AND #status = :active",
            ExpressionAttributeNames: { "#status": "status" },
            ExpressionAttributeValues: { ":staff": true, ":active": "active" },
          },
        },
      ];
