/**
 * The live code of an account, a registration, or a change of address: attributes of its item, so that naming a request, issuing and
 * consuming are one conditional write each. One code at a time: a newer request kills the older code before its own is made.
 */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { conditionalWrite } from "../store/dynamo.ts";
import { codeItem, registrationPk, userItem, userPk, type User } from "../store/user-items.ts";
import { digestIsIn, digestValues, removingCode } from "./code-conditions.ts";

type IssuedCode = { otpRequestId: string; otpDigest: string; otpExpiresAt: number };

// A registration has an end, an account a status; the condition reads the same for both.
const alive =
  "(attribute_not_exists(expiresAt) OR expiresAt > :now) AND (attribute_not_exists(#status) OR #status = :active)";

export const codeStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");
  const living = () => ({
    TableName: table,
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: { ":now": clock(), ":active": "active" },
  });

  /**
   * Names the request whose code will count, while the item still has the password hash that was
   * just proven.
   */
  const restart = async (
    pk: string,
    passwordHash: string,
    otpRequestId: string,
  ): Promise<"restarted" | "refused"> => {
    const { ExpressionAttributeValues: values, ...update } = living();
    const { refused } = await conditionalWrite(
      new UpdateCommand({
        ...update,
        Key: { pk },
        UpdateExpression: "SET otpRequestId = :requestId REMOVE otpDigest, otpExpiresAt",
        ConditionExpression: `passwordHash = :passwordHash AND ${alive}`,
        ExpressionAttributeValues: {
          ...values,
          ":requestId": otpRequestId,
          ":passwordHash": passwordHash,
        },
      }),
    );
    return refused ? "refused" : "restarted";
  };

  return {
    /** For an account: login codes. */
    restartLogin: (userId: string, passwordHash: string, otpRequestId: string) =>
      restart(userPk(userId), passwordHash, otpRequestId),

    /** For a registration: activation codes. */
    restartActivation: (addressKey: string, passwordHash: string, otpRequestId: string) =>
      restart(registrationPk(addressKey), passwordHash, otpRequestId),

    /** Makes a code good, if its request is still the newest one. Returns where its letter goes. */
    issue: async (pk: string, code: IssuedCode): Promise<{ email: string } | "superseded"> => {
      const { ExpressionAttributeValues: values, ...update } = living();
      const { refused, item } = await conditionalWrite(
        new UpdateCommand({
          ...update,
          Key: { pk },
          UpdateExpression: "SET otpDigest = :digest, otpExpiresAt = :otpExpiresAt",
          ConditionExpression: `otpRequestId = :requestId AND ${alive}`,
          ExpressionAttributeValues: {
            ...values,
            ":requestId": code.otpRequestId,
            ":digest": code.otpDigest,
            ":otpExpiresAt": code.otpExpiresAt,
          },
          ReturnValues: "ALL_NEW",
        }),
      );
      return refused ? "superseded" : codeItem.parse(item);
    },

    /** Forgets the request whose letter has left: delivered twice, its order is not the newest any more. */
    retire: async (pk: string, otpRequestId: string): Promise<void> => {
      await conditionalWrite(
        new UpdateCommand({
          TableName: table,
          Key: { pk },
          UpdateExpression: "REMOVE otpRequestId",
          ConditionExpression: "otpRequestId = :requestId",
          ExpressionAttributeValues: { ":requestId": otpRequestId },
        }),
      );
    },

    /**
     * Spends a login code: wrong, dead, used and unknown end in the same failed condition, and no item comes back with it:
     * half a millisecond more for known addresses would tell them. The invocation is noted, so that the SDK's retry of a
     * write whose answer was lost finds its own mark and counts as the success it was.
     */
    consume: async (
      userId: string,
      otpDigests: readonly string[],
      invocationId: string,
    ): Promise<User | "refused"> => {
      const { ExpressionAttributeValues: values, ...update } = living();
      const { refused, item } = await conditionalWrite(
        new UpdateCommand({
          ...update,
          Key: { pk: userPk(userId) },
          UpdateExpression: `SET otpConsumedBy = :invocationId ${removingCode}`,
          ConditionExpression: `(otpConsumedBy = :invocationId OR (${digestIsIn(otpDigests)} AND otpExpiresAt > :now)) AND ${alive}`,
          ExpressionAttributeValues: {
            ...values,
            ":invocationId": invocationId,
            ...digestValues(otpDigests),
          },
          ReturnValues: "ALL_NEW",
        }),
      );
      return refused ? "refused" : userItem.parse(item);
    },
  };
};

export type CodeStore = ReturnType<typeof codeStore>;
