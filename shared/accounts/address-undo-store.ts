import { randomUUID } from "node:crypto";
import { digestIsIn, digestValues, removingCode } from "../codes/code-conditions.ts";
import { person } from "../events/actor.ts";
import { nextChange } from "../events/user-change.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import {
  emailChangePk,
  emailUndoItem,
  emailUndoPk,
  resetPk,
  undoableUntil,
  type EmailUndo,
} from "../store/address-items.ts";
import { forgettingDevices, takingAddress } from "../store/address-pointers.ts";
import { transact, readItem, type TransactionPart } from "../store/dynamo.ts";
import { listAttributes } from "../store/list-indexes.ts";
import { addressPk, userItem, userPk, type User } from "../store/user-items.ts";
import { rememberFormerAddress } from "./former-address-store.ts";

export const addressUndoStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  const find = async (oldAddressKey: string): Promise<EmailUndo | undefined> => {
    const item = await readItem(table, emailUndoPk(oldAddressKey));
    const undo = item && emailUndoItem.parse(item);
    const now = clock();
    return undo && undoableUntil(undo, now) > now ? undo : undefined;
  };

  // If the change was not confirmed, only the devices are forgotten. The current address is
  // remembered for a notice, because it may be the real owner's: someone else may control the
  // earlier mailbox.
  const swap = (user: User, addressKey: string, generation: string, now: number): TransactionPart[] =>
    user.addressKey === addressKey
      ? [forgettingDevices(user, generation)]
      : [
          takingAddress(addressKey, user.id, generation),
          { Delete: { TableName: table, Key: { pk: addressPk(user.addressKey) } } },
          rememberFormerAddress("undone", user, now),
        ];

  // All sessions end, because an attacker may have requested the change in one of them. A
  // deactivated account is refused, because only staff may activate it.
  const undo = async (
    user: User,
    { email, addressKey }: { email: string; addressKey: string },
    otpDigests: readonly string[],
    invocationId: string,
    idempotencyToken = invocationId,
  ): Promise<"undone" | "refused"> => {
    const now = clock();
    const { listAddress } = listAttributes({ ...user, email }, user.status);
    const changing = nextChange({ actor: person, at: now });
    const parts: TransactionPart[] = [
      {
        Delete: {
          TableName: table,
          Key: { pk: emailUndoPk(addressKey) },
          // Checks only `expiresAt`, which confirming the change extends, and not `otpExpiresAt`.
          ConditionExpression: `userId = :userId AND ${digestIsIn(otpDigests)} AND expiresAt > :now`,
          ExpressionAttributeValues: {
            ":userId": user.id,
            ...digestValues(otpDigests),
            ":now": now,
          },
        },
      },
      {
        Update: {
          TableName: table,
          Key: { pk: userPk(user.id) },
          UpdateExpression: `SET email = :email, addressKey = :addressKey, listAddress = :listAddress, sessionEpoch = sessionEpoch + :one, ${changing.assignments} ${removingCode}, undoAddressKey, undoUntil`,
          ConditionExpression: "addressKey = :addressKeyBefore AND #status = :active",
          ExpressionAttributeNames: { "#status": "status" },
          ExpressionAttributeValues: {
            ":active": "active",
            ":email": email,
            ":addressKey": addressKey,
            ":listAddress": listAddress,
            ":one": 1,
            ":addressKeyBefore": user.addressKey,
            ...changing.values,
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        },
      },
      { Delete: { TableName: table, Key: { pk: emailChangePk(user.id) } } },
      { Delete: { TableName: table, Key: { pk: resetPk(user.addressKey) } } },
      ...swap(user, addressKey, invocationId, now),
    ];
    const { refused } = await transact(parts, { token: idempotencyToken });
    if (!refused) return "undone";
    const [code, account] = refused;
    if (code?.failed || !account?.failed || !account.item) return "refused";
    const current = userItem.parse(account.item);
    if (current.status !== "active") return "refused";
    // A concurrent confirmation moved the account. Retry from its new address.
    return undo(current, { email, addressKey }, otpDigests, invocationId, randomUUID());
  };

  return { find, undo };
};

export type AddressUndoStore = ReturnType<typeof addressUndoStore>;
