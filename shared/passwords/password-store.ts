// A new password ends all sessions (`change` keeps the caller's) and revokes all codes except an
// undo code, in one write: someone who knew the old password may have created them. For the same
// reason all devices are forgotten.
import { removingCode } from "../codes/code-conditions.ts";
import { person } from "../events/actor.ts";
import { nextChange } from "../events/user-change.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import type { Session } from "../sessions/session-store.ts";
import { emailChangePk, resetPk } from "../store/address-items.ts";
import { forgettingDevices } from "../store/address-pointers.ts";
import { conditionalWrite, transact, type TransactionPart } from "../store/dynamo.ts";
import { userItem, userPk, type User } from "../store/user-items.ts";
import { spendingReset } from "./password-reset-store.ts";

const settingPassword = (passwordHash: string, at: number) => {
  const { assignments, values } = nextChange({ actor: person, at });
  return {
    UpdateExpression: `SET passwordHash = :newHash, sessionEpoch = sessionEpoch + :one, ${assignments} ${removingCode}`,
    values: { ...values, ":newHash": passwordHash, ":one": 1 },
  };
};

export const passwordStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  const drop = (pk: string): TransactionPart => ({ Delete: { TableName: table, Key: { pk } } });

  return {
    /** The caller's session moves to the new epoch. Of concurrent changes, only one succeeds. */
    change: async (
      user: User,
      { userId, sessionId }: Session,
      passwordHash: string,
      idempotencyToken: string,
    ): Promise<"changed" | "password_replaced" | "session_ended" | "gone"> => {
      const SESSIONS_TABLE = variable("SESSIONS_TABLE");
      const { UpdateExpression, values } = settingPassword(passwordHash, clock());
      const { refused } = await transact(
        [
          {
            Update: {
              TableName: table,
              Key: { pk: userPk(user.id) },
              UpdateExpression,
              ConditionExpression:
                "passwordHash = :checkedHash AND sessionEpoch = :epoch AND addressKey = :addressKey",
              ExpressionAttributeValues: {
                ...values,
                ":checkedHash": user.passwordHash,
                ":epoch": user.sessionEpoch,
                ":addressKey": user.addressKey,
              },
              ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            },
          },
          {
            Update: {
              TableName: SESSIONS_TABLE,
              Key: { userId, sessionId },
              UpdateExpression: "SET sessionEpoch = :next",
              ConditionExpression: "sessionEpoch = :epoch",
              ExpressionAttributeValues: {
                ":epoch": user.sessionEpoch,
                ":next": user.sessionEpoch + 1,
              },
            },
          },
          drop(resetPk(user.addressKey)),
          drop(emailChangePk(user.id)),
          forgettingDevices(user, idempotencyToken),
        ],
        { token: idempotencyToken },
      );
      if (!refused) return "changed";
      const [account] = refused;
      if (!account?.failed) return "session_ended";
      if (!account.item) return "gone";
      const { passwordHash: current } = userItem.parse(account.item);
      return current === user.passwordHash ? "session_ended" : "password_replaced";
    },

    /** The idempotency token lets a retry of this call succeed after a lost response. */
    reset: async (
      { id, addressKey }: Pick<User, "id" | "addressKey">,
      passwordHash: string,
      otpDigests: readonly string[],
      idempotencyToken: string,
    ): Promise<"reset" | "refused"> => {
      // DynamoDB rejects an idempotency token if a retry differs, so the time is read once.
      const now = clock();
      const { UpdateExpression, values } = settingPassword(passwordHash, now);
      const { refused } = await transact(
        [
          spendingReset({ id, addressKey }, otpDigests, now),
          {
            Update: {
              TableName: table,
              Key: { pk: userPk(id) },
              UpdateExpression,
              ConditionExpression: "#status = :active AND addressKey = :addressKey",
              ExpressionAttributeNames: { "#status": "status" },
              ExpressionAttributeValues: {
                ...values,
                ":active": "active",
                ":addressKey": addressKey,
              },
            },
          },
          drop(emailChangePk(id)),
          forgettingDevices({ id, addressKey }, idempotencyToken),
        ],
        { token: idempotencyToken },
      );
      return refused ? "refused" : "reset";
    },

    /** Ends no session, since the password stays. `current` is the hash that another write set. */
    replaceHash: async (
      { id, passwordHash }: User,
      next: string,
    ): Promise<"replaced" | { current: string | undefined }> => {
      const { refused, item } = await conditionalWrite({
        Update: {
          TableName: table,
          Key: { pk: userPk(id) },
          UpdateExpression: "SET passwordHash = :next",
          ConditionExpression: "passwordHash = :checked",
          ExpressionAttributeValues: { ":next": next, ":checked": passwordHash },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        },
      });
      return refused ? { current: item && userItem.parse(item).passwordHash } : "replaced";
    },
  };
};

export type PasswordStore = ReturnType<typeof passwordStore>;
