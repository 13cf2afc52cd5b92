/**
 * Addresses that an account does not have any more, each remembered until one last letter has left.
 * Orders hold no address, and the account that had it is gone or has another one.
 */
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { day, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { conditionalWrite, readItem, type TransactionPart } from "../store/dynamo.ts";

// Far longer than an order may wait.
const rememberedSeconds = day;

/** An item for each address, so that one whose letter has left is not written to again when the next one's fails. */
const prefixes = {
  /** The address of an account that was deleted. */
  deleted: "goodbye",
  /** The one that it could still go back to when it was deleted. */
  earlier: "goodbye-earlier",
  /** The one that it had until the change to it was undone. */
  undone: "goodbye-undone",
} as const;
export type FormerAddress = keyof typeof prefixes;

export const formerAddressPk = (which: FormerAddress, userId: string): string =>
  `${prefixes[which]}#${userId}`;

/** Without an address once the letter has left. */
const formerAddressItem = z.object({ email: z.string().optional(), expiresAt: z.int() });

/** Keeps the address, as a part of the transaction that takes it from the account. */
export const rememberFormerAddress = (
  which: FormerAddress,
  { id, email }: { id: string; email: string },
  now: number,
): TransactionPart => ({
  Put: {
    TableName: variable("USERS_TABLE"),
    Item: { pk: formerAddressPk(which, id), email, expiresAt: now + rememberedSeconds },
  },
});

export const formerAddressStore = (clock: Clock = nowSeconds) => {
  const table = variable("USERS_TABLE");

  return {
    /** Where the last letter goes; nowhere if it has left. */
    find: async (which: FormerAddress, userId: string): Promise<string | undefined> => {
      const item = await readItem(table, formerAddressPk(which, userId));
      const found = item && formerAddressItem.parse(item);
      return found && found.expiresAt > clock() ? found.email : undefined;
    },

    /** The empty item is left to TTL: so the mailer, alone in the stack to read these, needs no right to delete anything. */
    forget: async (which: FormerAddress, userId: string): Promise<void> => {
      await conditionalWrite(
        new UpdateCommand({
          TableName: table,
          Key: { pk: formerAddressPk(which, userId) },
          UpdateExpression: "REMOVE email",
          ConditionExpression: "attribute_exists(pk)",
        }),
      );
    },
  };
};

export type FormerAddressStore = ReturnType<typeof formerAddressStore>;
