// Stores former addresses until the last letter is sent, because orders hold no addresses.
import * as z from "zod";
import { day, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import type { Item } from "../store/documents.ts";
import { conditionalWrite, readItem, type TransactionPart } from "../store/dynamo.ts";
import { keyOf, type ItemKind } from "../store/item-kinds.ts";
import { storedLocale, type User } from "../store/user-items.ts";

/** Longer than the order of a notice can wait in the queue. */
const rememberedSeconds = 5 * day;

/** One item per address, so that a retry after one failed letter doesn't repeat the other one. */
const kinds = {
  deleted: "goodbye",
  /** The address held for that account when it was deleted. */
  earlier: "goodbye-earlier",
  /** The address that an account lost when the change to it was undone. */
  undone: "goodbye-undone",
} as const satisfies Record<string, ItemKind>;
export type FormerAddress = keyof typeof kinds;

type Contact = Pick<User, "email" | "addressKey" | "locale">;

export const formerAddressPk = (which: FormerAddress, userId: string): string => keyOf(kinds[which], userId);

const formerAddressItem = z.object({
  email: z.string().optional(),
  /** A bounce of a letter to an item of an earlier version is counted for no address. */
  addressKey: z.string().default("none"),
  locale: storedLocale,
  expiresAt: z.int(),
});

export const rememberFormerAddress = (
  which: FormerAddress,
  { id, email, addressKey, locale }: Contact & { id: string },
  now: number,
  more: Item = {},
): TransactionPart => ({
  Put: {
    TableName: variable("USERS_TABLE"),
    Item: {
      pk: formerAddressPk(which, id),
      email,
      addressKey,
      locale,
      expiresAt: now + rememberedSeconds,
      ...more,
    },
  },
});

export const formerAddressStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  return {
    find: async (which: FormerAddress, userId: string): Promise<Contact | undefined> => {
      const item = await readItem(table, formerAddressPk(which, userId));
      const found = item && formerAddressItem.parse(item);
      if (found?.email === undefined || found.expiresAt <= clock()) return undefined;
      const { email, addressKey, locale } = found;
      return { email, addressKey, locale };
    },

    /** TTL deletes the empty item, so that the mailer needs no right to delete items. */
    forget: async (which: FormerAddress, userId: string): Promise<void> => {
      await conditionalWrite({
        Update: {
          TableName: table,
          Key: { pk: formerAddressPk(which, userId) },
          UpdateExpression: "REMOVE email, addressKey, #locale",
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeNames: { "#locale": "locale" },
        },
      });
    },
  };
};

export type FormerAddressStore = ReturnType<typeof formerAddressStore>;
