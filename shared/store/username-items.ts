import { earlierUsernameKey, usernameKey } from "../identity/username.ts";
import { variable } from "../platform/environment.ts";
import type { TransactionPart } from "./dynamo.ts";
import { usernamePk, type User } from "./user-items.ts";

export const heldUsernamePk = ({ username, usernameKey: key }: Pick<User, "username" | "usernameKey">) =>
  usernamePk(key ?? earlierUsernameKey(username));

const free = (addressKey: string, now: number) => ({
  ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now OR reservedFor = :addressKey",
  ExpressionAttributeValues: { ":now": now, ":addressKey": addressKey },
});

/**
 * Takes a username for an account, or reserves it for an address until `expiresAt`. One that is
 * reserved for the same address counts as free. `heldPk` is the account's present one.
 */
export const takingUsername = (
  username: string,
  holder: { userId: string } | { reservedFor: string; expiresAt: number },
  { addressKey, now, heldPk }: { addressKey: string; now: number; heldPk?: string },
): TransactionPart[] => {
  const TableName = variable("USERS_TABLE");
  const pk = usernamePk(usernameKey(username));
  const earlierPk = usernamePk(earlierUsernameKey(username));
  const put = { Put: { TableName, Item: { pk, ...holder }, ...free(addressKey, now) } };
  return earlierPk === pk || earlierPk === heldPk
    ? [put]
    : [put, { ConditionCheck: { TableName, Key: { pk: earlierPk }, ...free(addressKey, now) } }];
};
