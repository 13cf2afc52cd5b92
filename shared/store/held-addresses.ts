// An address that an account has changed from is held for it while the change can be undone.
// Otherwise an attacker who changed it could register the old address and so block the undo.
import { day } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { emailUndoItem, emailUndoPk, undoableUntil } from "./address-items.ts";
import { takingAddress } from "./address-pointers.ts";
import type { Item } from "./documents.ts";
import { readItem, type TransactionPart } from "./dynamo.ts";

const ofNoOther = (addressKey: string, userId: string, now: number) => ({
  TableName: variable("USERS_TABLE"),
  Key: { pk: emailUndoPk(addressKey) },
  ConditionExpression: "attribute_not_exists(pk) OR expiresAt <= :now OR userId = :userId",
  ExpressionAttributeValues: { ":now": now, ":userId": userId },
});

// Every transaction that assigns an address includes this condition or is sure of it otherwise. So
// an unexpired undo item for an account's current address always belongs to that account.
export const notHeldForAnother = (addressKey: string, userId: string, now: number): TransactionPart => ({
  ConditionCheck: ofNoOther(addressKey, userId, now),
});

export type Hold = "held" | "free";

export const holdOf = (undo: Item | undefined, now: number): Hold =>
  undo && undoableUntil(emailUndoItem.parse(undo), now) > now ? "held" : "free";

/** The id that the address is held for, which may be no account's. */
export const findHolder = async (addressKey: string, now: number): Promise<string | undefined> => {
  const item = await readItem(variable("USERS_TABLE"), emailUndoPk(addressKey));
  const undo = item && emailUndoItem.parse(item);
  return undo && undoableUntil(undo, now) > now ? undo.userId : undefined;
};

const nowhere = "attribute_exists(pk) AND attribute_not_exists(pk)";

/**
 * For a hold that was read in the same invocation: the same write for free and held addresses. It
 * also fails if the address was left since, and then the condition above must decide.
 */
export const takingAsRead = (
  hold: Hold,
  ...[addressKey, userId, generation]: [string, string, string]
): TransactionPart =>
  takingAddress(addressKey, userId, generation, hold === "held" ? nowhere : "attribute_not_exists(pk)");

/** Deletes the undo item, so that the account can't return to this address any more. */
export const releaseAddress = (addressKey: string, userId: string, now: number): TransactionPart => ({
  Delete: ofNoOther(addressKey, userId, now),
});

const retiredSeconds = 365 * day;
/** The id of no account, so that no one can return to the address. */
const retiredFor = "retired";

/** Refuses an address that was replaced as a lost mailbox, also to its former account. */
export const retireAddress = (addressKey: string, now: number): TransactionPart => ({
  Put: {
    TableName: variable("USERS_TABLE"),
    Item: { pk: emailUndoPk(addressKey), userId: retiredFor, expiresAt: now + retiredSeconds },
  },
});
