/** The store's client, and conditional writes as outcomes instead of exceptions. */
import { setTimeout as delay } from "node:timers/promises";
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, GetCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { ApiError } from "../contract/errors.ts";
import { once } from "../platform/lazy.ts";

export type Item = Record<string, unknown>;
export type TransactionPart = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

export const dynamo = once(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } }),
);

/** What became of one part of a refused write; `item` as it stood, where the write asked for it. */
type Part = { failed: boolean; item: Item | undefined };

/** `refused`: a condition failed and nothing was written; one entry for each part of the write, in its order. */
export type Attempt<Output> = { written: Output } | { refused: Part[] };

const attempts = 6;
const firstBackoffMilliseconds = 25;

// lib-dynamodb translates answers but not the items that errors carry.
const plain = (item: Record<string, AttributeValue> | undefined) => item && unmarshall(item);

// Throttled single writes the SDK tries again by itself; a transaction that was cancelled for it, it does not.
const passingReasons = new Set(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]);

const isPassing = (error: unknown): boolean =>
  error instanceof TransactionConflictException ||
  (error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(({ Code = "" }) => passingReasons.has(Code)));

const refusedParts = (error: unknown): Part[] | undefined => {
  if (error instanceof ConditionalCheckFailedException) return [{ failed: true, item: plain(error.Item) }];
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const parts = (error.CancellationReasons ?? []).map(({ Code, Item }) => ({
    failed: Code === "ConditionalCheckFailed",
    item: plain(Item),
  }));
  return parts.some(({ failed }) => failed) ? parts : undefined;
};

/**
 * Runs a conditional write. A failed condition is an outcome. Two writers meeting on one item (`TransactionConflict`, which
 * only real AWS answers) and too many at once are neither failure nor refusal: the write is tried again with growing, jittered
 * pauses.
 */
export const attempt = async <Output>(write: () => Promise<Output>): Promise<Attempt<Output>> => {
  for (let tried = 1; ; tried += 1) {
    try {
      return { written: await write() };
    } catch (error) {
      if (isPassing(error)) {
        if (tried === attempts) throw new ApiError("service_unavailable", { retryAfterSeconds: 1 });
        await delay(firstBackoffMilliseconds * 2 ** (tried - 1) * (0.5 + Math.random()));
        continue;
      }
      const refused = refusedParts(error);
      if (!refused) throw error;
      return { refused };
    }
  }
};

/** An item as it is at this moment, by its only key. */
export const readItem = async (table: string, pk: string): Promise<Item | undefined> => {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: table, Key: { pk }, ConsistentRead: true }),
  );
  return Item;
};
