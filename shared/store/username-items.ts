import { earlierUsernameKey, usernameKey } from "../identity/username.ts";
import { variable } from "../platform/environment.ts";
import { conditionalWrite, transact, type TransactionPart } from "./dynamo.ts";
import { usernamePk, type User } from "./user-items.ts";

export const heldUsernamePk = ({ username, usernameKey: key }: Pick<User, "username" | "usernameKey">) =>
  usernamePk(key ?? earlierUsernameKey(username));

const free = (addressKey: string, now: number) => ({
  ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now OR reservedFor = :addressKey",
  ExpressionAttributeValues: { ":now": now, ":addressKey": addressKey },
});

type Holder = { userId: string } | { reservedFor: string; expiresAt: number };
type About = { addressKey: string; now: number; heldPk?: string };

const writesFor = (username: string, holder: Holder, { addressKey, now, heldPk }: About) => {
  const TableName = variable("USERS_TABLE");
  const pk = usernamePk(usernameKey(username));
  const earlierPk = usernamePk(earlierUsernameKey(username));
  return {
    put: { Put: { TableName, Item: { pk, ...holder }, ...free(addressKey, now) } },
    checks:
      earlierPk === pk || earlierPk === heldPk
        ? []
        : [{ ConditionCheck: { TableName, Key: { pk: earlierPk }, ...free(addressKey, now) } }],
  };
};

/**
 * Takes a username for an account. One that is reserved for the same address counts as free.
 * `heldPk` is the account's present one.
 */
export const takingUsername = (
  username: string,
  holder: { userId: string },
  about: About,
): TransactionPart[] => {
  const { put, checks } = writesFor(username, holder, about);
  return [put, ...checks];
};

/** The parts of `reserveUsername` for a transaction that also does something else. */
export const reservingUsername = (
  username: string,
  { addressKey, now, expiresAt }: { addressKey: string; now: number; expiresAt: number },
): TransactionPart[] => {
  const { put, checks } = writesFor(username, { reservedFor: addressKey, expiresAt }, { addressKey, now });
  return [put, ...checks];
};

export const reserveUsername = async (
  username: string,
  { addressKey, now, expiresAt }: { addressKey: string; now: number; expiresAt: number },
): Promise<"reserved" | "username_taken"> => {
  const { put, checks } = writesFor(username, { reservedFor: addressKey, expiresAt }, { addressKey, now });
  // Most names need one write, which costs half as much outside of a transaction.
  const { refused } = checks.length === 0 ? await conditionalWrite(put) : await transact([put, ...checks]);
  return refused ? "username_taken" : "reserved";
};
