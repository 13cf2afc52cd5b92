/**
 * Codes for lost passwords. Asking for one writes nothing, so that it costs the same for addresses that have an account and for
 * others; the mailer, which finds out, makes the item that bears the code (see `code-store`).
 */
import { QueryCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { digestIsIn, digestValues } from "../codes/code-conditions.ts";
import { hour, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { resetPk } from "../store/address-items.ts";
import { conditionalWrite, dynamo, readItem, type TransactionPart } from "../store/dynamo.ts";
import { registrationItem, registrationPk, userItem, userPk, type Person } from "../store/user-items.ts";

// Longer than an order may wait and its code live: so long a message delivered twice is known.
const rememberedSeconds = hour;

/** `reset#<address key>`: with a code from its letter's leaving until it is used. */
const resetItem = z.object({
  userId: z.string(),
  otpDigest: z.string().optional(),
  otpExpiresAt: z.int().optional(),
  expiresAt: z.int(),
});

type Owner = Pick<Person, "id" | "addressKey">;

/** Spends the code, as a part of the transaction that it proves: wrong, dead and used ones fail on the same condition. */
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
    /**
     * Names the request whose code will count, and forgets the code of any earlier one. `superseded`: this very one was named
     * before, and its letter has left.
     */
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
     * Whose living code this is: the account's, or that of a registration which nobody has proven yet. To whoever has another
     * code the store says nothing: an item that came back would take half a millisecond more, and tell of an account.
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
      // Whether either of them still lives, the transaction will tell.
      const owner = user ? userItem.parse(user) : pending && registrationItem.parse(pending);
      return owner?.id === userId ? owner : undefined;
    },
  };
};

export type PasswordResetStore = ReturnType<typeof passwordResetStore>;
