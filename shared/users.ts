/** Activated accounts and their pointers. Each check and its act are one conditional write. */
import { GetCommand, TransactWriteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { nowSeconds, type Clock } from "./clock.ts";
import { attempt, dynamo } from "./dynamo.ts";
import { environment } from "./environment.ts";
import { addressPk, pointerItem, registrationPk, userItem, usernamePk, userPk, type User } from "./items.ts";
import { normaliseUsername } from "./usernames.ts";

export type Names = Pick<User, "username" | "firstName" | "lastName">;

export const userStore = (clock: Clock = nowSeconds) => {
  const table = environment("USERS_TABLE").USERS_TABLE;

  const read = async (pk: string) => {
    const { Item } = await dynamo().send(
      new GetCommand({ TableName: table, Key: { pk }, ConsistentRead: true }),
    );
    return Item;
  };

  const find = async (userId: string): Promise<User | undefined> => {
    const item = await read(userPk(userId));
    return item && userItem.parse(item);
  };

  /** The id of the account with this address. */
  const findIdByAddress = async (addressKey: string): Promise<string | undefined> => {
    const item = await read(addressPk(addressKey));
    return item && pointerItem.parse(item).userId;
  };

  /** Changes the given names. A new username swaps the pointers in the same transaction; the same key needs no swap. */
  const rename = async (user: User, changes: Partial<Names>): Promise<User | "username_taken" | "gone"> => {
    const renamed: User = { ...user, ...changes };
    const [keyBefore, key] = [normaliseUsername(user.username), normaliseUsername(renamed.username)];
    const update = {
      TableName: table,
      Key: { pk: userPk(user.id) },
      UpdateExpression: "SET username = :username, firstName = :firstName, lastName = :lastName",
      ConditionExpression: "username = :username0 AND firstName = :firstName0 AND lastName = :lastName0",
      ExpressionAttributeValues: {
        ":username": renamed.username,
        ":firstName": renamed.firstName,
        ":lastName": renamed.lastName,
        ":username0": user.username,
        ":firstName0": user.firstName,
        ":lastName0": user.lastName,
      },
      ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
    };
    const swap = [
      { Delete: { TableName: table, Key: { pk: usernamePk(keyBefore) } } },
      {
        Put: {
          TableName: table,
          Item: { pk: usernamePk(key), userId: user.id },
          ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now",
          ExpressionAttributeValues: { ":now": clock() },
        },
      },
    ];
    const written =
      key === keyBefore
        ? await attempt(() => dynamo().send(new UpdateCommand(update)))
        : await attempt(() =>
            dynamo().send(new TransactWriteCommand({ TransactItems: [{ Update: update }, ...swap] })),
          );
    if ("written" in written) return renamed;
    const [account, , pointer] = written.refused;
    if (!account?.failed && pointer?.failed) return "username_taken";
    // Another change of names came between: once more, from what it left. Each round is somebody's progress.
    return account?.item ? rename(userItem.parse(account.item), changes) : "gone";
  };

  /** Removes the account, its pointers and any registration of its address, while its password is the one checked. */
  const remove = async (user: User): Promise<"removed" | "refused"> => {
    const written = await attempt(() =>
      dynamo().send(
        new TransactWriteCommand({
          TransactItems: [
            {
              Delete: {
                TableName: table,
                Key: { pk: userPk(user.id) },
                ConditionExpression:
                  "passwordHash = :passwordHash AND username = :username AND addressKey = :addressKey",
                ExpressionAttributeValues: {
                  ":passwordHash": user.passwordHash,
                  ":username": user.username,
                  ":addressKey": user.addressKey,
                },
                ReturnValuesOnConditionCheckFailure: "ALL_OLD",
              },
            },
            { Delete: { TableName: table, Key: { pk: addressPk(user.addressKey) } } },
            { Delete: { TableName: table, Key: { pk: usernamePk(normaliseUsername(user.username)) } } },
            { Delete: { TableName: table, Key: { pk: registrationPk(user.addressKey) } } },
          ],
        }),
      ),
    );
    if ("written" in written) return "removed";
    const item = written.refused[0]?.item;
    const now = item && userItem.parse(item);
    return now?.passwordHash === user.passwordHash ? remove(now) : "refused";
  };

  return { find, findIdByAddress, rename, remove };
};

export type UserStore = ReturnType<typeof userStore>;
