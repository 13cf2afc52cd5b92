/**
 * Codes for lost passwords. Asking for one writes nothing, so that it costs the same for addresses that have an account and for
 * others; the mailer, which finds out, makes the item that bears the code (see `code-store`).
 */
import { timingSafeEqual } from "node:crypto";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { resetPk } from "./address-items.ts";
import { batchRead } from "./batch-read.ts";
import { nowSeconds, type Clock } from "./clock.ts";
import { attempt, dynamo } from "./dynamo.ts";
import { environment } from "./environment.ts";
import { userItem, userPk, type User } from "./items.ts";

// Longer than an order may wait and its code live: so long a message delivered twice is known.
const keptSeconds = 3_600;

/** `reset#<address key>`: with a code from its letter's leaving until it is used. */
export const resetItem = z.object({
  userId: z.string(),
  otpDigest: z.string().optional(),
  otpExpiresAt: z.int().optional(),
  expiresAt: z.int(),
});

const same = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

export const passwordResetStore = (clock: Clock = nowSeconds) => {
  const table = environment("USERS_TABLE").USERS_TABLE;

  return {
    /**
     * Names the request whose code will count, and forgets the code of any earlier one. `superseded`: this very one was named
     * before, and its letter has left.
     */
    begin: async ({ id, email, addressKey }: User, otpRequestId: string): Promise<"begun" | "superseded"> => {
      const written = await attempt(() =>
        dynamo().send(
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
              ":expiresAt": clock() + keptSeconds,
            },
          }),
        ),
      );
      return "written" in written ? "begun" : "superseded";
    },

    /** The account whose living code this is. One read, of the same two items whoever asks. */
    findOwner: async (
      userId: string,
      addressKey: string,
      otpDigests: readonly string[],
    ): Promise<User | undefined> => {
      const keys = [{ pk: userPk(userId) }, { pk: resetPk(addressKey) }];
      const { [table]: items = [] } = await batchRead({ [table]: keys });
      const user = items.find(({ pk }) => pk === userPk(userId));
      const found = items.find(({ pk }) => pk === resetPk(addressKey));
      const { otpDigest = "", otpExpiresAt = 0, ...reset } = found ? resetItem.parse(found) : {};
      const right = otpDigests.some((digest) => same(digest, otpDigest));
      const alive = "userId" in reset && reset.userId === userId && otpExpiresAt > clock();
      return user && right && alive ? userItem.parse(user) : undefined;
    },
  };
};

export type PasswordResetStore = ReturnType<typeof passwordResetStore>;
