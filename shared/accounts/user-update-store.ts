import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { codeAttributes } from "../codes/code-conditions.ts";
import { normaliseUsername } from "../identity/username.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { conditionalWrite, transact, type TransactionPart } from "../store/dynamo.ts";
import { listAttributes } from "../store/list-indexes.ts";
import { userItem, usernamePk, userPk, type User } from "../store/user-items.ts";

/** The write is conditional on these values, so that it doesn't overwrite a concurrent change. */
const compared = ["username", "firstName", "lastName", "status", "isStaff"] as const;

export type Changes = Partial<Pick<User, (typeof compared)[number] | "passwordHash">>;

/** True if rights or password change: sessions opened under the old ones must end. */
const endsSessions = (before: User, after: User): boolean =>
  before.status !== after.status ||
  before.isStaff !== after.isStaff ||
  before.passwordHash !== after.passwordHash;

const updateOf = (before: User, after: User) => {
  const { listKey, staffKey } = listAttributes(after, after.status);
  const ending = endsSessions(before, after);
  const newPassword = after.passwordHash !== before.passwordHash;
  const sets = [
    ...compared.map((name) => `#${name} = :${name}`),
    "listKey = :listKey",
    ...(staffKey === undefined ? [] : ["staffKey = :staffKey"]),
    ...(newPassword ? ["passwordHash = :passwordHash"] : []),
    ...(ending ? ["sessionEpoch = sessionEpoch + :one"] : []),
  ];
  const removed = [
    ...(staffKey === undefined ? ["staffKey"] : []),
    // A code that was already sent could open a new session.
    ...(ending ? codeAttributes : []),
  ];
  return {
    UpdateExpression: `SET ${sets.join(", ")}${removed.length > 0 ? ` REMOVE ${removed.join(", ")}` : ""}`,
    ConditionExpression: [
      ...compared.map((name) => `#${name} = :${name}Before`),
      ...(ending ? ["attribute_not_exists(addressMove)"] : []),
    ].join(" AND "),
    ExpressionAttributeNames: Object.fromEntries(compared.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(compared.map((name) => [`:${name}`, after[name]])),
      ...Object.fromEntries(compared.map((name) => [`:${name}Before`, before[name]])),
      ":listKey": listKey,
      ...(staffKey !== undefined && { ":staffKey": staffKey }),
      ...(newPassword && { ":passwordHash": after.passwordHash }),
      ...(ending && { ":one": 1 }),
    },
  };
};

export const userUpdateStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  const swap = (user: User, keyBefore: string, key: string): TransactionPart[] => [
    {
      Put: {
        TableName: table,
        Item: { pk: usernamePk(key), userId: user.id },
        ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now OR reservedFor = :addressKey",
        ExpressionAttributeValues: { ":now": clock(), ":addressKey": user.addressKey },
      },
    },
    { Delete: { TableName: table, Key: { pk: usernamePk(keyBefore) } } },
  ];

  // `along` has further parts of the same transaction, such as the condition that the actor is
  // staff.
  const change = async (
    user: User,
    changes: Changes,
    along: TransactionPart[] = [],
  ): Promise<User | "username_taken" | "gone" | "along_refused" | "frozen"> => {
    // Only the new address or a cancellation unfreezes an account that waits for its move.
    if (user.addressMove && endsSessions(user, { ...user, ...changes })) return "frozen";
    const changed: User = { ...user, ...changes };
    const [keyBefore, key] = [normaliseUsername(user.username), normaliseUsername(changed.username)];
    const update = {
      TableName: table,
      Key: { pk: userPk(user.id) },
      ...updateOf(user, changed),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
    };
    const swapping = key === keyBefore ? [] : swap(user, keyBefore, key);
    const others = [...swapping, ...along];
    const { refused } =
      others.length === 0
        ? await conditionalWrite(new UpdateCommand(update))
        : await transact([{ Update: update }, ...others]);
    if (!refused)
      return { ...changed, sessionEpoch: user.sessionEpoch + (endsSessions(user, changed) ? 1 : 0) };
    const [account, ...parts] = refused;
    if (parts.slice(swapping.length).some(({ failed }) => failed)) return "along_refused";
    if (!account?.failed) return "username_taken";
    if (!account.item) return "gone";
    const current = userItem.parse(account.item);
    // Without `along`, it is the actor's own account, and they may just have lost their rights.
    if (along.length === 0 && (current.status !== user.status || current.isStaff !== user.isStaff))
      return "along_refused";
    // Another write won the race. Retry from its result; every retry means that a writer succeeded.
    return change(current, changes, along);
  };

  return { change };
};

export type UserUpdateStore = ReturnType<typeof userUpdateStore>;
