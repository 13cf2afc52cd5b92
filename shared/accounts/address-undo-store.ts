/** Going back to the address that an account had before: with the code that was sent there when the change was asked for. */
import { randomUUID } from "node:crypto";
import { digestIsIn, digestValues, removingCode } from "../codes/code-conditions.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import {
  emailChangePk,
  emailUndoItem,
  emailUndoPk,
  resetPk,
  type EmailUndo,
} from "../store/address-items.ts";
import { transact, readItem, type TransactionPart } from "../store/dynamo.ts";
import { listAttributes } from "../store/list-indexes.ts";
import { addressPk, userItem, userPk, type User } from "../store/user-items.ts";
import { rememberFormerAddress } from "./former-address-store.ts";

export const addressUndoStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  /** The living way back to this address, and whose it is. */
  const find = async (oldAddressKey: string): Promise<EmailUndo | undefined> => {
    const item = await readItem(table, emailUndoPk(oldAddressKey));
    const undo = item && emailUndoItem.parse(item);
    return undo && undo.expiresAt > clock() ? undo : undefined;
  };

  /**
   * An address that the account has anyway needs no swap. It was held, so nobody else has it
   * meanwhile. The mailbox that the account goes away from is told: it may be the owner's, and the
   * earlier one somebody else's by now.
   */
  const swap = (user: User, addressKey: string, now: number): TransactionPart[] =>
    user.addressKey === addressKey
      ? []
      : [
          {
            Put: {
              TableName: table,
              Item: { pk: addressPk(addressKey), userId: user.id },
              ConditionExpression: "attribute_not_exists(pk)",
            },
          },
          { Delete: { TableName: table, Key: { pk: addressPk(user.addressKey) } } },
          rememberFormerAddress("undone", user, now),
        ];

  /**
   * Consumes the code and moves the account back, wherever it is by now; a change that was not confirmed yet is dropped. All
   * sessions end, for one of them asked for the change.
   */
  const undo = async (
    user: User,
    { email, addressKey }: { email: string; addressKey: string },
    otpDigests: readonly string[],
    idempotencyToken: string,
  ): Promise<"undone" | "refused"> => {
    const now = clock();
    const { listAddress } = listAttributes({ ...user, email }, user.status);
    const parts: TransactionPart[] = [
      {
        Delete: {
          TableName: table,
          Key: { pk: emailUndoPk(addressKey) },
          // No more than the item's own end: a code sent before the new address took over lives as long as one sent after it.
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
          UpdateExpression: `SET email = :email, addressKey = :addressKey, listAddress = :listAddress, sessionEpoch = sessionEpoch + :one ${removingCode}, undoAddressKey, undoUntil`,
          ConditionExpression: "addressKey = :addressKeyBefore",
          ExpressionAttributeValues: {
            ":email": email,
            ":addressKey": addressKey,
            ":listAddress": listAddress,
            ":one": 1,
            ":addressKeyBefore": user.addressKey,
          },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        },
      },
      { Delete: { TableName: table, Key: { pk: emailChangePk(user.id) } } },
      { Delete: { TableName: table, Key: { pk: resetPk(user.addressKey) } } },
      ...swap(user, addressKey, now),
    ];
    const { refused } = await transact(parts, { token: idempotencyToken });
    if (!refused) return "undone";
    const [code, account] = refused;
    if (code?.failed || !account?.failed || !account.item) return "refused";
    // Confirmed at this very moment: once more, from where the account is now.
    return undo(userItem.parse(account.item), { email, addressKey }, otpDigests, randomUUID());
  };

  return { find, undo };
};

export type AddressUndoStore = ReturnType<typeof addressUndoStore>;
