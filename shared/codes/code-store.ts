// A code is stored in attributes of the item that it is for, so each step is one conditional write.
// A new request revokes the older code before its own is created.
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { conditionalWrite } from "../store/dynamo.ts";
import {
  codeItem,
  registrationPk,
  userItem,
  userPk,
  type CodeHolder,
  type User,
} from "../store/user-items.ts";
import { digestIsIn, digestValues, removingCode, type CodeSlot } from "./code-conditions.ts";

type IssuedCode = { otpRequestId: string; otpDigest: string; otpExpiresAt: number };

// Registrations have an expiry and accounts a status, so this condition works for both.
const alive =
  "(attribute_not_exists(expiresAt) OR expiresAt > :now) AND (attribute_not_exists(#status) OR #status = :active)";

export const codeStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");
  const aliveInput = () => ({
    TableName: table,
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: { ":now": clock(), ":active": "active" },
  });

  // Revokes the older code and stores the new request. Refuses if the password has changed since it
  // was proven.
  const restart = async (
    pk: string,
    passwordHash: string,
    otpRequestId: string,
  ): Promise<"restarted" | "refused"> => {
    const { ExpressionAttributeValues: values, ...update } = aliveInput();
    const { refused } = await conditionalWrite({
      Update: {
        ...update,
        Key: { pk },
        UpdateExpression: "SET otpRequestId = :requestId REMOVE otpDigest, otpExpiresAt",
        ConditionExpression: `passwordHash = :passwordHash AND ${alive}`,
        ExpressionAttributeValues: {
          ...values,
          ":requestId": otpRequestId,
          ":passwordHash": passwordHash,
        },
      },
    });
    return refused ? "refused" : "restarted";
  };

  return {
    restartLogin: (userId: string, passwordHash: string, otpRequestId: string) =>
      restart(userPk(userId), passwordHash, otpRequestId),

    restartActivation: (addressKey: string, passwordHash: string, otpRequestId: string) =>
      restart(registrationPk(addressKey), passwordHash, otpRequestId),

    /** Stores a code if its request is still the newest. Returns what its letter needs. */
    issue: async (
      pk: string,
      code: IssuedCode,
      slot: CodeSlot = "otp",
    ): Promise<CodeHolder | "superseded"> => {
      const { ExpressionAttributeValues: values, ...update } = aliveInput();
      const { refused, item } = await conditionalWrite({
        Update: {
          ...update,
          Key: { pk },
          UpdateExpression: `SET ${slot}Digest = :digest, ${slot}ExpiresAt = :otpExpiresAt`,
          ConditionExpression: `${slot}RequestId = :requestId AND ${alive}`,
          ExpressionAttributeValues: {
            ...values,
            ":requestId": code.otpRequestId,
            ":digest": code.otpDigest,
            ":otpExpiresAt": code.otpExpiresAt,
          },
          ReturnValues: "ALL_NEW",
        },
      });
      return refused ? "superseded" : codeItem.parse(item);
    },

    /** Called after sending, so that a duplicate of the order counts as superseded. */
    retire: async (
      pk: string,
      otpRequestId: string,
      { unsent = false, slot = "otp" }: { unsent?: boolean; slot?: CodeSlot } = {},
    ): Promise<void> => {
      await conditionalWrite({
        Update: {
          TableName: table,
          Key: { pk },
          UpdateExpression: `REMOVE ${unsent ? `${slot}Digest, ${slot}ExpiresAt, ` : ""}${slot}RequestId`,
          ConditionExpression: `${slot}RequestId = :requestId`,
          ExpressionAttributeValues: { ":requestId": otpRequestId },
        },
      });
    },

    // Wrong, expired, used and unknown codes fail the same condition. A refusal returns no item,
    // because the extra half millisecond would reveal known addresses. The stored invocation id
    // lets the SDK's retry succeed if the response to the first attempt was lost.
    consume: async (
      userId: string,
      otpDigests: readonly string[],
      invocationId: string,
    ): Promise<User | "refused"> => {
      const { ExpressionAttributeValues: values, ...update } = aliveInput();
      const { refused, item } = await conditionalWrite({
        Update: {
          ...update,
          Key: { pk: userPk(userId) },
          UpdateExpression: `SET otpConsumedBy = :invocationId, lastSignInAt = :now ${removingCode}`,
          ConditionExpression: `(otpConsumedBy = :invocationId OR (${digestIsIn(otpDigests)} AND otpExpiresAt > :now)) AND ${alive}`,
          ExpressionAttributeValues: {
            ...values,
            ":invocationId": invocationId,
            ...digestValues(otpDigests),
          },
          ReturnValues: "ALL_NEW",
        },
      });
      return refused ? "refused" : userItem.parse(item);
    },
  };
};

export type CodeStore = ReturnType<typeof codeStore>;
