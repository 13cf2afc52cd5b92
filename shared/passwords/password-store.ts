/**
 * Giving an account another password. In the same write every session ends that somebody with the old one may have opened, and
 * every code dies that waits for the account: for signing in, for a lost password, for another address.
 */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { removingCode } from "../codes/code-conditions.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import type { Session } from "../sessions/session-store.ts";
import { emailChangePk, resetPk } from "../store/address-items.ts";
import { conditionalWrite, transact, type TransactionPart } from "../store/dynamo.ts";
import { userItem, userPk, type User } from "../store/user-items.ts";
import { spendingReset } from "./password-reset-store.ts";

const newPassword = "SET passwordHash = :newHash, sessionEpoch = sessionEpoch + :one";

export const passwordStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  const drop = (pk: string): TransactionPart => ({ Delete: { TableName: table, Key: { pk } } });

  return {
    /**
     * Replaces the password that was just checked. The caller's own session moves on to the new epoch. Of several changes at
     * once one happens: to the others the password that they knew is wrong by now.
     */
    change: async (
      user: User,
      { userId, sessionId }: Session,
      passwordHash: string,
      idempotencyToken: string,
    ): Promise<"changed" | "password_replaced" | "session_ended" | "gone"> => {
      const SESSIONS_TABLE = variable("SESSIONS_TABLE");
      const { refused } = await transact(
        [
          {
            Update: {
              TableName: table,
              Key: { pk: userPk(user.id) },
              UpdateExpression: `${newPassword} ${removingCode}`,
              ConditionExpression:
                "passwordHash = :checkedHash AND sessionEpoch = :epoch AND addressKey = :addressKey",
              ExpressionAttributeValues: {
                ":newHash": passwordHash,
                ":checkedHash": user.passwordHash,
                ":epoch": user.sessionEpoch,
                ":addressKey": user.addressKey,
                ":one": 1,
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

    /**
     * Spends the code of a lost password: wrong, dead, used and unknown end in the same failed condition. The idempotency token
     * makes a repeat of this very call, after its answer was lost, a success.
     */
    reset: async (
      { id, addressKey }: Pick<User, "id" | "addressKey">,
      passwordHash: string,
      otpDigests: readonly string[],
      idempotencyToken: string,
    ): Promise<"reset" | "refused"> => {
      // Outside: tried again, the write must be the same to the second, or its token is refused.
      const now = clock();
      const { refused } = await transact(
        [
          spendingReset({ id, addressKey }, otpDigests, now),
          {
            Update: {
              TableName: table,
              Key: { pk: userPk(id) },
              UpdateExpression: `${newPassword} ${removingCode}`,
              ConditionExpression: "#status = :active AND addressKey = :addressKey",
              ExpressionAttributeNames: { "#status": "status" },
              ExpressionAttributeValues: {
                ":newHash": passwordHash,
                ":active": "active",
                ":addressKey": addressKey,
                ":one": 1,
              },
            },
          },
          drop(emailChangePk(id)),
        ],
        { token: idempotencyToken },
      );
      return refused ? "refused" : "reset";
    },

    /**
     * Replaces the hash of the same password, while the account still has the hash that was
     * checked. No session ends. `current`: the hash that the account has by now; none if the
     * account is gone.
     */
    replaceHash: async (
      { id, passwordHash }: User,
      next: string,
    ): Promise<"replaced" | { current: string | undefined }> => {
      const { refused, item } = await conditionalWrite(
        new UpdateCommand({
          TableName: table,
          Key: { pk: userPk(id) },
          UpdateExpression: "SET passwordHash = :next",
          ConditionExpression: "passwordHash = :checked",
          ExpressionAttributeValues: { ":next": next, ":checked": passwordHash },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      return refused ? { current: item && userItem.parse(item).passwordHash } : "replaced";
    },
  };
};

export type PasswordStore = ReturnType<typeof passwordStore>;
