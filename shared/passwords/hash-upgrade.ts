/** Replaces a hash that is not as we make them, at the one moment when its password is at hand: when it has been proven. */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { conditionalWrite } from "../store/dynamo.ts";
import { variable } from "../platform/environment.ts";
import { userItem, userPk, type User } from "../store/user-items.ts";
import { needsUpgrade, rehashPassword, verifyPassword } from "./password-hash.ts";
import { recordSecurityEvent } from "../platform/security-log.ts";

/** While the account still has the hash that was checked; otherwise what it has now. No session ends: it is the same password. */
const replace = async (
  { id, passwordHash }: User,
  next: string,
): Promise<"replaced" | { now: string | undefined }> => {
  const { refused, item } = await conditionalWrite(
    new UpdateCommand({
      TableName: variable("USERS_TABLE"),
      Key: { pk: userPk(id) },
      UpdateExpression: "SET passwordHash = :next",
      ConditionExpression: "passwordHash = :checked",
      ExpressionAttributeValues: { ":next": next, ":checked": passwordHash },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }),
  );
  if (!refused) return "replaced";
  return { now: item && userItem.parse(item).passwordHash };
};

/**
 * The hash that this account, whose password has just been proven, goes on with. Two sign-ins at once meet here: the later one
 * finds the other's new hash, and goes on with that if its password is the same. Costs nothing where there is nothing to do.
 */
export const upgradeHash = async (user: User, password: string): Promise<string> => {
  if (user.status !== "active" || !needsUpgrade(user.passwordHash)) return user.passwordHash;
  const next = await rehashPassword(password, user.passwordHash);
  const outcome = await replace(user, next);
  if (outcome === "replaced") {
    recordSecurityEvent("password_upgraded", { userId: user.id });
    return next;
  }
  const same = outcome.now !== undefined && (await verifyPassword(password, outcome.now));
  return same && outcome.now !== undefined ? outcome.now : user.passwordHash;
};
