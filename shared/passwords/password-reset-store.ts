// The mailer writes the item, because the request must cost the same for unknown addresses.
import { QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { digestIsIn, digestValues } from "../codes/code-conditions.ts";
import { hour, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { resetPk } from "../store/address-items.ts";
import { conditionalWrite, dynamo, readItem, type TransactionPart } from "../store/dynamo.ts";
import { registrationItem, registrationPk, userItem, userPk, type Person } from "../store/user-items.ts";

// Longer than an order waits plus its code's lifetime, so that a repeated message is recognised.
const rememberedSeconds = hour;

const resetItem = z.object({
  userId: z.string(),
  otpDigest: z.string().optional(),
  otpExpiresAt: z.int().optional(),
  expiresAt: z.int(),
});

type Owner = Pick<Person, "id" | "addressKey">;

export const spendingReset = (
  { id, addressKey }: Owner,
  otpDigests: readonly string[],
  now: number,
): TransactionPart => ({
  Delete: {
    TableName: variable("USERS_TABLE"),
    Key: { pk: resetPk(addressKey) },
    ConditionExpression: `userId = :userId AND ${digestIsIn(otpDigests)} AND otpExpiresAt > :now`,
    ExpressionAttributeValues: { ":userId": id, ...digestValues(otpDigests), ":now": now },
  },
});

export const passwordResetStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  return {
    /** `superseded` means that the letter of this request has already been sent. */
    begin: async (
      { id, email, addressKey }: Owner & { email: string },
      otpRequestId: string,
    ): Promise<"begun" | "superseded"> => {
      const { refused } = await conditionalWrite(
        new UpdateCommand({
          TableName: table,
          Key: { pk: resetPk(addressKey) },
          UpdateExpression:
            "SET userId = :userId, email = :email, otpRequestId = :requestId, lastRequestId = :requestId, expiresAt = :expiresAt REMOVE otpDigest, otpExpiresAt",
          ConditionExpression:
            "attribute_not_exists(lastRequestId) OR lastRequestId <> :requestId OR otpRequestId = :requestId",
          ExpressionAttributeValues: {
            ":userId": id,
            ":email": email,
            ":requestId": otpRequestId,
            ":expiresAt": clock() + rememberedSeconds,
          },
        }),
      );
      return refused ? "superseded" : "begun";
    },

    /**
     * Filters in DynamoDB: returning the item for a wrong code would take half a millisecond more
     * and reveal that there is an account.
     */
    findOwner: async (addressKey: string, otpDigests: readonly string[]): Promise<Person | undefined> => {
      const { Items = [] } = await dynamo().send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: "pk = :pk",
          FilterExpression: `${digestIsIn(otpDigests)} AND otpExpiresAt > :now`,
          ExpressionAttributeValues: {
            ":pk": resetPk(addressKey),
            ":now": clock(),
            ...digestValues(otpDigests),
          },
          ConsistentRead: true,
        }),
      );
      if (!Items[0]) return undefined;
      const { userId } = resetItem.parse(Items[0]);
      const [user, pending] = await Promise.all([
        readItem(table, userPk(userId)),
        readItem(table, registrationPk(addressKey)),
      ]);
      const owner = user ? userItem.parse(user) : pending && registrationItem.parse(pending);
      return owner?.id === userId ? owner : undefined;
    },
  };
};

export type PasswordResetStore = ReturnType<typeof passwordResetStore>;
