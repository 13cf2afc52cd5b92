/** What holds for the staff besides: shorter sessions, and rank that must still be there when an act is written. */
import type { TransactionPart } from "../store/dynamo.ts";
import { environment } from "../platform/environment.ts";
import { userPk, type User } from "../store/user-items.ts";

const minute = 60;
const lifetimeSeconds = 12 * 60 * minute;
const idleSeconds = 30 * minute;

/** `usedAt`: when the session's tokens were last made. A refresh is refused after the idle time, so that none extends it. */
export const staffSessionIsOver = (
  { createdAt, usedAt }: { createdAt: number; usedAt: number },
  now: number,
): boolean => now - createdAt >= lifetimeSeconds || now - usedAt >= idleSeconds;

/**
 * The condition that the actor is still staff, as part of the act's transaction: of two administrators who demote each other
 * one succeeds, so that there is always one left.
 */
export const authorityOf = ({ id }: User): TransactionPart => ({
  ConditionCheck: {
    TableName: environment("USERS_TABLE").USERS_TABLE,
    Key: { pk: userPk(id) },
    ConditionExpression: "isStaff = :staff AND #status = :active",
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: { ":staff": true, ":active": "active" },
  },
});
