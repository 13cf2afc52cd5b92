// The mailer writes the item, because the request must cost the same for unknown addresses.
import * as z from "zod";
import { digestIsIn, digestValues } from "../codes/code-conditions.ts";
import { hour, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { resetPk } from "../store/address-items.ts";
import { findAddressPointer } from "../store/address-pointers.ts";
import { conditionalWrite, readItem, readPages, type TransactionPart } from "../store/dynamo.ts";
import {
  isAccount,
  registrationItem,
  registrationPk,
  userItem,
  userPk,
  type Person,
} from "../store/user-items.ts";

// Longer than an order waits plus its code's lifetime, so that a repeated message is recognised.
const rememberedSeconds = hour;

const resetItem = z.object({
  userId: z.string(),
  otpDigest: z.string().optional(),
  otpExpiresAt: z.int().optional(),
  expiresAt: z.int(),
});

type Owner = Pick<Person, "id" | "addressKey">;

/** Stored instead of an id: strangers can register the address again, which makes another id. */
const anyRegistration = "registration";

export const spendingReset = (
  { id, addressKey }: Owner,
  otpDigests: readonly string[],
  now: number,
): TransactionPart => ({
  Delete: {
    TableName: variable("USERS_TABLE"),
    Key: { pk: resetPk(addressKey) },
    ConditionExpression: `userId IN (:userId, :registration) AND ${digestIsIn(otpDigests)} AND otpExpiresAt > :now`,
    ExpressionAttributeValues: {
      ":userId": id,
      ":registration": anyRegistration,
      ...digestValues(otpDigests),
      ":now": now,
    },
  },
});

export const passwordResetStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  return {
    /** `superseded` means that the letter of this request has already been sent. */
    begin: async (owner: Person, otpRequestId: string): Promise<"begun" | "superseded"> => {
      const { email, addressKey, locale } = owner;
      const { refused } = await conditionalWrite({
        Update: {
          TableName: table,
          Key: { pk: resetPk(addressKey) },
          UpdateExpression: `SET userId = :userId, email = :email, addressKey = :addressKey, otpRequestId = :requestId, lastRequestId = :requestId, expiresAt = :expiresAt${locale ? ", #locale = :locale" : ""} REMOVE otpDigest, otpExpiresAt${locale ? "" : ", #locale"}`,
          ConditionExpression:
            "attribute_not_exists(lastRequestId) OR lastRequestId <> :requestId OR otpRequestId = :requestId",
          ExpressionAttributeNames: { "#locale": "locale" },
          ExpressionAttributeValues: {
            ":addressKey": addressKey,
            ":locale": locale,
            ":userId": isAccount(owner) ? owner.id : anyRegistration,
            ":email": email,
            ":requestId": otpRequestId,
            ":expiresAt": clock() + rememberedSeconds,
          },
        },
      });
      return refused ? "superseded" : "begun";
    },

    /**
     * Filters in DynamoDB: returning the item for a wrong code would take half a millisecond more
     * and reveal that there is an account.
     */
    findOwner: async (addressKey: string, otpDigests: readonly string[]): Promise<Person | undefined> => {
      const query = {
        TableName: table,
        KeyConditionExpression: "pk = :pk",
        FilterExpression: `${digestIsIn(otpDigests)} AND otpExpiresAt > :now`,
        ExpressionAttributeValues: {
          ":pk": resetPk(addressKey),
          ":now": clock(),
          ...digestValues(otpDigests),
        },
        ConsistentRead: true,
      };
      const { value: page } = await readPages({ Query: query }).next();
      if (!page?.items[0]) return undefined;
      const { userId } = resetItem.parse(page.items[0]);
      const [user, pending] = await Promise.all([
        readItem(table, userPk(userId)),
        readItem(table, registrationPk(addressKey)),
      ]);
      if (user) return userItem.parse(user);
      if (userId !== anyRegistration) return undefined;
      if (pending) return registrationItem.parse(pending);
      // The registration was activated meanwhile.
      const pointer = await findAddressPointer(addressKey);
      const account = pointer && (await readItem(table, userPk(pointer.userId)));
      return account && userItem.parse(account);
    },
  };
};

export type PasswordResetStore = ReturnType<typeof passwordResetStore>;
