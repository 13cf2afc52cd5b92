/** Accounts brought over from elsewhere, with their hashes: for the operator. One transaction each, so nobody is in by half. */
import { createHash } from "node:crypto";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { transact } from "../store/dynamo.ts";
import { variable } from "../platform/environment.ts";
import { addressPk, registrationPk, userItem, usernamePk, userPk, type User } from "../store/user-items.ts";
import { notHeldForAnother } from "../store/held-addresses.ts";
import { listAttributes } from "../store/list-indexes.ts";
import { normaliseUsername } from "../identity/username.ts";

/**
 * The id of somebody who brings none: the same whenever he is brought, so that he meets himself. Made of both names, because two
 * people of the original can have addresses that count as one here: the second must be refused, not taken for the first.
 */
export const importedId = (addressKey: string, username: string): string => {
  const hash = createHash("sha256")
    .update(`imported\0${addressKey}\0${normaliseUsername(username)}`)
    .digest();
  const bytes = Buffer.from(hash.subarray(0, 16));
  // RFC 9562: version 8, for ids made in one's own way.
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

const absent = "attribute_not_exists(pk)";

export const accountImportStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  return {
    /**
     * Puts account and pointers, and discards a registration of the address, which nobody could activate any more. Never
     * changes an account: `there` is the one that has this id already. `address_kept`: another account can still go back to it.
     */
    put: async (
      user: User,
    ): Promise<"imported" | { there: User } | "address_taken" | "username_taken" | "address_kept"> => {
      const { id, addressKey, username } = user;
      const now = clock();
      const { refused } = await transact([
        {
          Put: {
            TableName: table,
            Item: { pk: userPk(id), ...user, ...listAttributes(user, user.status) },
            ConditionExpression: absent,
            ReturnValuesOnConditionCheckFailure: "ALL_OLD",
          },
        },
        {
          Put: {
            TableName: table,
            Item: { pk: addressPk(addressKey), userId: id },
            ConditionExpression: absent,
          },
        },
        {
          Put: {
            TableName: table,
            Item: { pk: usernamePk(normaliseUsername(username)), userId: id },
            ConditionExpression: `${absent} OR expiresAt <= :now OR reservedFor = :addressKey`,
            ExpressionAttributeValues: { ":now": now, ":addressKey": addressKey },
          },
        },
        notHeldForAnother(addressKey, id, now),
        { Delete: { TableName: table, Key: { pk: registrationPk(addressKey) } } },
      ]);
      if (!refused) return "imported";
      const [account, address, name] = refused;
      if (account?.failed) return { there: userItem.parse(account.item) };
      if (address?.failed) return "address_taken";
      return name?.failed ? "username_taken" : "address_kept";
    },
  };
};

export type AccountImportStore = ReturnType<typeof accountImportStore>;
