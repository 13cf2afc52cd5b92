import { person, type Actor } from "../events/actor.ts";
import { lastChange, sameVersion, type ChangedBy } from "../events/user-change.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { deliveryPk } from "../delivery/delivery-store.ts";
import { addressChangePks, emailUndoItem, emailUndoPk, resetPk, wayBackOf } from "../store/address-items.ts";
import { findAddressPointer } from "../store/address-pointers.ts";
import type { Item } from "../store/documents.ts";
import { transact, readItem, type TransactionPart } from "../store/dynamo.ts";
import {
  addressPk,
  registrationIdPk,
  registrationPk,
  userItem,
  userPk,
  type User,
} from "../store/user-items.ts";
import { heldUsernamePk } from "../store/username-items.ts";
import { rememberFormerAddress } from "./former-address-store.ts";

export const userStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  const find = async (userId: string): Promise<User | undefined> => {
    const item = await readItem(table, userPk(userId));
    return item && userItem.parse(item);
  };

  const findIdByAddress = async (addressKey: string): Promise<string | undefined> =>
    (await findAddressPointer(addressKey))?.userId;

  /** Remembers the held address for a notice, because an attacker may delete a stolen account. */
  const rememberEarlierAddress = async (user: User, now: number): Promise<TransactionPart[]> => {
    const addressKey = wayBackOf(user, now);
    const undo = addressKey === undefined ? undefined : await readItem(table, emailUndoPk(addressKey));
    const { email, locale } = undo ? emailUndoItem.parse(undo) : {};
    if (addressKey === undefined || email === undefined) return [];
    return [rememberFormerAddress("earlier", { id: user.id, email, addressKey, locale }, now)];
  };

  const removing = async (
    user: User,
    { condition, names, values }: { condition: string; names?: Record<string, string>; values: Item },
    along: TransactionPart[],
    { actor, at: now }: ChangedBy,
  ): Promise<"removed" | "along_refused" | { current: User | undefined }> => {
    const earlier = await rememberEarlierAddress(user, now);
    const same = sameVersion(user.version);
    const { refused } = await transact([
      {
        Delete: {
          TableName: table,
          Key: { pk: userPk(user.id) },
          ConditionExpression: `${condition} AND ${same.condition}`,
          ...(names && { ExpressionAttributeNames: names }),
          ExpressionAttributeValues: {
            ":username": user.username,
            ":addressKey": user.addressKey,
            ...same.values,
            ...values,
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        },
      },
      ...[
        addressPk(user.addressKey),
        heldUsernamePk(user),
        registrationPk(user.addressKey),
        registrationIdPk(user.id),
        ...addressChangePks(user, now),
        resetPk(user.addressKey),
        deliveryPk(user.addressKey),
      ].map((pk) => ({ Delete: { TableName: table, Key: { pk } } })),
      rememberFormerAddress("deleted", user, now, lastChange(user.version, { actor, at: now })),
      ...earlier,
      ...along,
    ]);
    if (!refused) return "removed";
    const [account, ...others] = refused;
    if (others.some(({ failed }) => failed)) return "along_refused";
    return { current: account?.item && userItem.parse(account.item) };
  };

  const unchanged = "username = :username AND addressKey = :addressKey";

  /** For administrators, at any time. `along` has the condition on their own rank. */
  const remove = async (
    user: User,
    actor: Actor,
    along: TransactionPart[] = [],
  ): Promise<"removed" | "refused" | "along_refused"> => {
    const own = { condition: unchanged, values: {} };
    const removed = await removing(user, own, along, { actor, at: clock() });
    if (typeof removed === "string") return removed;
    return removed.current ? remove(removed.current, actor, along) : "refused";
  };

  // For the owner: the password that was checked must still be stored. While the account has a way
  // back to an earlier address, it can't be deleted, because the caller may have taken it over.
  const removeOwn = async (user: User): Promise<"removed" | "refused" | { undoUntil: number }> => {
    const now = clock();
    const { undoUntil = now, passwordHash } = user;
    if (wayBackOf(user, now) !== undefined) return { undoUntil };
    const noWayBack = "attribute_not_exists(undoUntil) OR undoUntil <= :now OR undoAddressKey = :addressKey";
    const own = {
      condition: `${unchanged} AND passwordHash = :passwordHash AND #status = :active AND (${noWayBack})`,
      names: { "#status": "status" },
      values: { ":passwordHash": passwordHash, ":active": "active", ":now": now },
    };
    const removed = await removing(user, own, [], { actor: person, at: now });
    if (typeof removed === "string") return removed === "removed" ? removed : "refused";
    const { current } = removed;
    const isOwn = current?.status === "active" && current.passwordHash === passwordHash;
    return isOwn ? removeOwn(current) : "refused";
  };

  return { find, findPointer: findAddressPointer, findIdByAddress, remove, removeOwn };
};

export type UserStore = ReturnType<typeof userStore>;
