import { earlierUsernameKey, usernameKey } from "../identity/username.ts";
import { hour } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import type { Item } from "./documents.ts";
import { conditionalWrite, transact, type TransactionPart } from "./dynamo.ts";
import { usernamePk, type Registration, type User } from "./user-items.ts";

/** Counted from the registration, also if it is removed or replaced: an earlier end would tell. */
export const usernameReservedSeconds = hour;

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

/** The longer reservation of an invitation stays, because a stranger may register the same name. */
export const reserveUsername = async (
  username: string,
  { addressKey, now, expiresAt }: { addressKey: string; now: number; expiresAt: number },
): Promise<"reserved" | "username_taken"> => {
  const { put, checks } = writesFor(username, { reservedFor: addressKey, expiresAt }, { addressKey, now });
  const { ConditionExpression, ExpressionAttributeValues } = put.Put;
  const reserving = {
    Put: {
      ...put.Put,
      ConditionExpression: `${ConditionExpression} AND expiresAt <= :until`,
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ":until": expiresAt },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
    },
  };
  // Most names need one write, which costs half as much outside of a transaction.
  const { refused } =
    checks.length === 0 ? await conditionalWrite(reserving) : await transact([reserving, ...checks]);
  const isOwn = ({ item }: { item: Item | undefined }) => item?.["reservedFor"] === addressKey;
  return refused?.some((part) => part.failed && !isOwn(part)) ? "username_taken" : "reserved";
};

/** An invitation reserves for days. If others registered beside it, an earlier end would tell. */
export const releaseInvitedUsername = async (
  { username, addressKey, replaced }: Pick<Registration, "username" | "addressKey" | "replaced">,
  now: number,
): Promise<void> => {
  await conditionalWrite({
    Update: {
      TableName: variable("USERS_TABLE"),
      Key: { pk: usernamePk(usernameKey(username)) },
      UpdateExpression: "SET expiresAt = :until",
      ConditionExpression: "reservedFor = :addressKey AND expiresAt > :until",
      ExpressionAttributeValues: {
        ":addressKey": addressKey,
        ":until": now + (replaced ? usernameReservedSeconds : 0),
      },
    },
  });
};
