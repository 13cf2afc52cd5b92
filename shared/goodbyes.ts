/**
 * The address of somebody whose account has just been deleted, kept until the last letter has left: orders hold no address, and
 * the account that held it is gone.
 */
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { nowSeconds, type Clock } from "./clock.ts";
import { attempt, dynamo, type TransactionPart } from "./dynamo.ts";
import { environment } from "./environment.ts";
import type { User } from "./items.ts";

// Far longer than an order may wait.
const keptSeconds = 86_400;

const goodbyePk = (userId: string) => `goodbye#${userId}`;

/** `goodbye#<user id>`: without an address once the letter has left. */
const goodbyeItem = z.object({ email: z.string().optional(), expiresAt: z.int() });

/** Keeps the address, as a part of the transaction that deletes the account. */
export const keepingAddress = ({ id, email }: User, now: number): TransactionPart => ({
  Put: {
    TableName: environment("USERS_TABLE").USERS_TABLE,
    Item: { pk: goodbyePk(id), email, expiresAt: now + keptSeconds },
  },
});

export const goodbyeStore = (clock: Clock = nowSeconds) => {
  const table = environment("USERS_TABLE").USERS_TABLE;

  return {
    /** Where the last letter goes; nowhere if it has left. */
    find: async (userId: string): Promise<string | undefined> => {
      const { Item } = await dynamo().send(
        new GetCommand({ TableName: table, Key: { pk: goodbyePk(userId) }, ConsistentRead: true }),
      );
      const goodbye = Item && goodbyeItem.parse(Item);
      return goodbye && goodbye.expiresAt > clock() ? goodbye.email : undefined;
    },

    /** The empty item is left to TTL: so the mailer, alone in the stack to read these, needs no right to delete anything. */
    forget: async (userId: string): Promise<void> => {
      await attempt(() =>
        dynamo().send(
          new UpdateCommand({
            TableName: table,
            Key: { pk: goodbyePk(userId) },
            UpdateExpression: "REMOVE email",
            ConditionExpression: "attribute_exists(pk)",
          }),
        ),
      );
    },
  };
};

export type GoodbyeStore = ReturnType<typeof goodbyeStore>;
