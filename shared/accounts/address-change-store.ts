// The request doesn't check if the new address is taken or held, because its response must not
// reveal it. The mailer checks it to choose the letter, and the confirming transaction decides.
import { digestIsIn, digestValues, removingCode } from "../codes/code-conditions.ts";
import { person } from "../events/actor.ts";
import { nextChange } from "../events/user-change.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import {
  changeSeconds,
  emailChangeItem,
  emailChangePk,
  emailClaimItem,
  emailClaimPk,
  emailUndoPk,
  opensUndo,
  resetPk,
  undoSeconds,
  type EmailChange,
} from "../store/address-items.ts";
import { leavingAddress, takingAddress } from "../store/address-pointers.ts";
import type { Item } from "../store/documents.ts";
import { transact, readItem, type TransactionPart } from "../store/dynamo.ts";
import { notHeldForAnother } from "../store/held-addresses.ts";
import { listAttributes } from "../store/list-indexes.ts";
import { userPk, type User } from "../store/user-items.ts";

type NewAddress = { email: string; addressKey: string; otpRequestId: string; byStaff: boolean };

export const addressChangeStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");
  const put = (Item: Item): TransactionPart => ({ Put: { TableName: table, Item } });

  // Replaces an unconfirmed change and its undo item. The condition on the old address protects the
  // undo item of a change that was confirmed after `user` was read.
  const start = async (
    user: User,
    { email, addressKey, otpRequestId, byStaff }: NewAddress,
    along: TransactionPart[] = [],
  ): Promise<"started" | "changed_meanwhile" | "along_refused"> => {
    const now = clock();
    const { id: userId, addressKey: oldAddressKey, sessionEpoch, locale } = user;
    const withUndo = opensUndo(user, now);
    const expiresAt = now + changeSeconds;
    const change: EmailChange = {
      userId,
      email,
      addressKey,
      locale,
      oldAddressKey,
      sessionEpoch,
      withUndo,
      byStaff,
      otpRequestId,
      expiresAt,
    };
    const undo = { userId, email: user.email, addressKey: oldAddressKey, locale, otpRequestId };
    const { refused } = await transact([
      {
        ConditionCheck: {
          TableName: table,
          Key: { pk: userPk(userId) },
          ConditionExpression: "addressKey = :old AND sessionEpoch = :epoch AND #status = :active",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: {
            ":old": oldAddressKey,
            ":epoch": sessionEpoch,
            ":active": "active",
          },
        },
      },
      put({ pk: emailChangePk(userId), ...change }),
      ...(withUndo ? [put({ pk: emailUndoPk(oldAddressKey), ...undo, expiresAt: now + undoSeconds })] : []),
      ...(byStaff ? [put({ pk: emailClaimPk(addressKey), userId, expiresAt })] : []),
      ...along,
    ]);
    if (!refused) return "started";
    return refused[0]?.failed ? "changed_meanwhile" : "along_refused";
  };

  const find = async (userId: string): Promise<EmailChange | undefined> => {
    const item = await readItem(table, emailChangePk(userId));
    return item && emailChangeItem.parse(item);
  };

  const findClaimant = async (newAddressKey: string): Promise<string | undefined> => {
    const item = await readItem(table, emailClaimPk(newAddressKey));
    return item && emailClaimItem.parse(item).userId;
  };

  // Also invalidates login and reset codes, which were sent to the old address. The seven days for
  // undoing start now, unless an earlier change can still be undone: its code undoes both.
  const confirm = async (
    user: User,
    change: EmailChange,
    otpDigests: readonly string[],
    idempotencyToken: string,
  ): Promise<User | "refused"> => {
    const now = clock();
    const { email, addressKey, oldAddressKey } = change;
    const undoUntil = now + undoSeconds;
    const opens = opensUndo(user, now);
    const way: Pick<User, "undoAddressKey" | "undoUntil"> = opens
      ? { undoAddressKey: oldAddressKey, undoUntil }
      : {};
    const changed: User = { ...user, email, addressKey, ...way };
    const { listAddress } = listAttributes(changed, changed.status);
    const sets = { email, addressKey, listAddress, ...way };
    const changing = nextChange({ actor: person, at: now });
    const setting = [...Object.keys(sets).map((name) => `${name} = :${name}`), changing.assignments];
    const parts: TransactionPart[] = [
      {
        Delete: {
          TableName: table,
          Key: { pk: emailChangePk(user.id) },
          ConditionExpression: `addressKey = :addressKey AND ${digestIsIn(otpDigests)} AND otpExpiresAt > :now AND expiresAt > :now`,
          ExpressionAttributeValues: {
            ":addressKey": addressKey,
            ...digestValues(otpDigests),
            ":now": now,
          },
        },
      },
      {
        Update: {
          TableName: table,
          Key: { pk: userPk(user.id) },
          UpdateExpression: `SET ${setting.join(", ")} ${removingCode}`,
          ConditionExpression: "addressKey = :old AND sessionEpoch = :epoch AND #status = :active",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: {
            ...Object.fromEntries(Object.entries(sets).map(([name, value]) => [`:${name}`, value])),
            ...changing.values,
            ":old": oldAddressKey,
            ":epoch": change.sessionEpoch,
            ":active": "active",
          },
        },
      },
      takingAddress(addressKey, user.id, idempotencyToken),
      leavingAddress(oldAddressKey, now),
      { Delete: { TableName: table, Key: { pk: resetPk(oldAddressKey) } } },
      notHeldForAnother(addressKey, user.id, now),
    ];
    if (opens)
      // No address changes without its undo item, so that the owner can always undo a takeover.
      parts.push({
        Update: {
          TableName: table,
          Key: { pk: emailUndoPk(oldAddressKey) },
          UpdateExpression: "SET expiresAt = :undoUntil",
          ConditionExpression: "userId = :userId AND expiresAt > :now",
          ExpressionAttributeValues: { ":undoUntil": undoUntil, ":userId": user.id, ":now": now },
        },
      });
    const { refused } = await transact(parts, { token: idempotencyToken });
    return refused ? "refused" : changed;
  };

  return { start, find, findClaimant, confirm };
};

export type AddressChangeStore = ReturnType<typeof addressChangeStore>;
