import { isDeepStrictEqual } from "node:util";
import { codeAttributes } from "../codes/code-conditions.ts";
import { storedNames, type StoredAttributes } from "../attributes/stored-attributes.ts";
import type { Actor } from "../events/actor.ts";
import { nextChange, type ChangedBy } from "../events/user-change.ts";
import { usernameKey } from "../identity/username.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { forgettingDevices } from "../store/address-pointers.ts";
import { conditionalWrite, transact, type TransactionPart } from "../store/dynamo.ts";
import { listAttributes } from "../store/list-indexes.ts";
import { userItem, usernamePk, userPk, type User } from "../store/user-items.ts";
import { heldUsernamePk, takingUsername } from "../store/username-items.ts";
import { timerAfter, undoItemsAfter } from "../store/undo-pause.ts";

/** The write is conditional on these values, so that it doesn't overwrite a concurrent change. */
const compared = ["username", "status", "isStaff"] as const;

export type Changes = Partial<Pick<User, (typeof compared)[number] | "passwordHash"> & StoredAttributes>;

/** True if rights or password change: sessions opened under the old ones must end. */
const endsSessions = (before: User, after: User): boolean =>
  before.status !== after.status ||
  before.isStaff !== after.isStaff ||
  before.passwordHash !== after.passwordHash;

const optional = ["usernameKey", "staffSince", "undoUntil", "undoSecondsLeft"] as const;

const updateOf = (before: User, after: User, changes: Changes, by: ChangedBy) => {
  const changing = nextChange(by);
  const { listKey, staffKey } = listAttributes(after, after.status);
  const ending = endsSessions(before, after);
  const newPassword = after.passwordHash !== before.passwordHash;
  const [started, stopped] = [
    optional.filter((name) => after[name] !== undefined && after[name] !== before[name]),
    optional.filter((name) => after[name] === undefined && before[name] !== undefined),
  ];
  // The others stay as they are stored, even if they can't be read.
  const attributes = storedNames.filter((name) => Object.hasOwn(changes, name));
  const [set, unset] = [
    attributes.filter((name) => changes[name] !== undefined),
    attributes.filter((name) => changes[name] === undefined),
  ];
  const sets = [
    ...[...compared, ...set].map((name) => `#${name} = :${name}`),
    "listKey = :listKey",
    ...(staffKey === undefined ? [] : ["staffKey = :staffKey"]),
    ...(newPassword ? ["passwordHash = :passwordHash"] : []),
    ...(ending ? ["sessionEpoch = sessionEpoch + :one"] : []),
    ...started.map((name) => `${name} = :${name}`),
    changing.assignments,
  ];
  const removed = [
    ...(staffKey === undefined ? ["staffKey"] : []),
    // A code that was already sent could open a new session.
    ...(ending ? codeAttributes : []),
    ...stopped,
    ...unset.map((name) => `#${name}`),
  ];
  return {
    UpdateExpression: `SET ${sets.join(", ")}${removed.length > 0 ? ` REMOVE ${removed.join(", ")}` : ""}`,
    ConditionExpression: [
      ...compared.map((name) => `#${name} = :${name}Before`),
      ...(ending ? ["addressKey = :addressKey AND attribute_not_exists(addressMove)"] : []),
    ].join(" AND "),
    ExpressionAttributeNames: Object.fromEntries(
      [...compared, ...attributes].map((name) => [`#${name}`, name]),
    ),
    ExpressionAttributeValues: {
      ...Object.fromEntries([...compared, ...set].map((name) => [`:${name}`, after[name]])),
      ...Object.fromEntries(compared.map((name) => [`:${name}Before`, before[name]])),
      ":listKey": listKey,
      ...(staffKey !== undefined && { ":staffKey": staffKey }),
      ...(newPassword && { ":passwordHash": after.passwordHash }),
      ...(ending && { ":one": 1, ":addressKey": before.addressKey }),
      ...Object.fromEntries(started.map((name) => [`:${name}`, after[name]])),
      ...changing.values,
    },
  };
};

export const userUpdateStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  const swap = ({ id: userId, addressKey }: User, heldPk: string, username: string): TransactionPart[] => [
    { Delete: { TableName: table, Key: { pk: heldPk } } },
    ...takingUsername(username, { userId }, { addressKey, now: clock(), heldPk }),
  ];

  // `along` has further parts of the same transaction, such as the condition that the actor is
  // staff.
  const change = async (
    user: User,
    changes: Changes,
    actor: Actor,
    along: TransactionPart[] = [],
  ): Promise<User | "username_taken" | "gone" | "along_refused" | "frozen"> => {
    // Only the new address or a cancellation unfreezes an account that waits for its move.
    if (user.addressMove && endsSessions(user, { ...user, ...changes })) return "frozen";
    const now = clock();
    const heldPk = heldUsernamePk(user);
    const key = usernameKey(changes.username ?? user.username);
    // A username that stays keeps its key, so that no existing account loses its name.
    const takesKey = changes.username !== undefined && usernamePk(key) !== heldPk;
    const merged: User = { ...user, ...changes, ...(takesKey && { usernameKey: key }) };
    const promoted = merged.isStaff && !user.isStaff;
    const changed: User = {
      ...merged,
      ...timerAfter(user, merged, now),
      ...(promoted && { staffSince: now }),
    };
    const update = {
      TableName: table,
      Key: { pk: userPk(user.id) },
      ...updateOf(user, changed, changes, { actor, at: now }),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
    };
    const swapping = takesKey ? swap(user, heldPk, changed.username) : [];
    const ended = endsSessions(user, changed)
      ? [forgettingDevices(user), ...(await undoItemsAfter(user, changed, now))]
      : [];
    const others = [...swapping, ...ended, ...along];
    const { refused } =
      others.length === 0
        ? await conditionalWrite({ Update: update })
        : await transact([{ Update: update }, ...others]);
    if (!refused)
      return { ...changed, sessionEpoch: user.sessionEpoch + (endsSessions(user, changed) ? 1 : 0) };
    const [account, ...parts] = refused;
    const failedIn = (start: number, end?: number) => parts.slice(start, end).some(({ failed }) => failed);
    const endedFrom = swapping.length;
    if (failedIn(endedFrom + ended.length)) return "along_refused";
    if (!account?.failed && failedIn(0, endedFrom)) return "username_taken";
    if (!account?.failed && parts[endedFrom]?.failed)
      throw new Error("the account's address has no pointer to it");
    // A code for undoing was created or used meanwhile.
    if (!account?.failed) return change(user, changes, actor, along);
    if (!account.item) return "gone";
    const current = userItem.parse(account.item);
    // Without `along`, it is the actor's own account, and they may just have lost their rights.
    if (along.length === 0 && (current.status !== user.status || current.isStaff !== user.isStaff))
      return "along_refused";
    // Nothing differs that this version can read, so the account is in a state of a later one.
    if (isDeepStrictEqual(current, user)) return "frozen";
    // Another write won the race. Retry from its result; every retry means that a writer succeeded.
    return change(current, changes, actor, along);
  };

  return { change };
};

export type UserUpdateStore = ReturnType<typeof userUpdateStore>;
