import { normaliseUsername } from "../identity/username.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { addressChangePks, emailUndoItem, emailUndoPk, resetPk, wayBackOf } from "../store/address-items.ts";
import { transact, readItem, type TransactionPart } from "../store/dynamo.ts";
import {
  addressPk,
  pointerItem,
  registrationIdPk,
  registrationPk,
  userItem,
  usernamePk,
  userPk,
  type User,
} from "../store/user-items.ts";
import { rememberFormerAddress } from "./former-address-store.ts";

export const userStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  const find = async (userId: string): Promise<User | undefined> => {
    const item = await readItem(table, userPk(userId));
    return item && userItem.parse(item);
  };

  const findIdByAddress = async (addressKey: string): Promise<string | undefined> => {
    const item = await readItem(table, addressPk(addressKey));
    return item && pointerItem.parse(item).userId;
  };

  /** Remembers the held address for a notice, because an attacker may delete a stolen account. */
  const rememberEarlierAddress = async (user: User, now: number): Promise<TransactionPart[]> => {
    const addressKey = wayBackOf(user, now);
    const undo = addressKey === undefined ? undefined : await readItem(table, emailUndoPk(addressKey));
    const { email } = undo ? emailUndoItem.parse(undo) : {};
    return email === undefined ? [] : [rememberFormerAddress("earlier", { id: user.id, email }, now)];
  };

  // Without `along`, the owner deletes the account: the password that was checked must still be
  // stored. Administrators pass a condition on their own rank instead, and operators need none.
  const remove = async (
    user: User,
    along: TransactionPart[] = [],
    byPassword = along.length === 0,
  ): Promise<"removed" | "refused" | "along_refused"> => {
    const now = clock();
    const earlier = await rememberEarlierAddress(user, now);
    const unchanged = "username = :username AND addressKey = :addressKey";
    const { refused } = await transact([
      {
        Delete: {
          TableName: table,
          Key: { pk: userPk(user.id) },
          ConditionExpression: byPassword
            ? `${unchanged} AND passwordHash = :passwordHash AND attribute_not_exists(addressMove)`
            : unchanged,
          ExpressionAttributeValues: {
            ":username": user.username,
            ":addressKey": user.addressKey,
            ...(byPassword && { ":passwordHash": user.passwordHash }),
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        },
      },
      ...[
        addressPk(user.addressKey),
        usernamePk(normaliseUsername(user.username)),
        registrationPk(user.addressKey),
        registrationIdPk(user.id),
        ...addressChangePks(user, now),
        resetPk(user.addressKey),
      ].map((pk) => ({ Delete: { TableName: table, Key: { pk } } })),
      rememberFormerAddress("deleted", user, now),
      ...earlier,
      ...along,
    ]);
    if (!refused) return "removed";
    const [account, ...others] = refused;
    if (others.some(({ failed }) => failed)) return "along_refused";
    const current = account?.item && userItem.parse(account.item);
    const mayGoOn =
      current && (!byPassword || (current.passwordHash === user.passwordHash && !current.addressMove));
    return mayGoOn ? remove(current, along, byPassword) : "refused";
  };

  return { find, findIdByAddress, remove };
};

export type UserStore = ReturnType<typeof userStore>;
