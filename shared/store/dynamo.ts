/** The store's client, and conditional writes as outcomes instead of exceptions. */
import { setTimeout as delay } from "node:timers/promises";
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
  TransactionConflictException,
  type AttributeValue,
} from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  type UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { lazy } from "../platform/lazy.ts";

export type Item = Record<string, unknown>;
export type TransactionPart = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

export const dynamo = lazy(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } }),
);

/** The store had too much to do, however often it was asked. Callers may try again in a second. */
export class StoreBusyError extends Error {
  constructor() {
    super("the store is busy");
    this.name = "StoreBusyError";
  }
}

/** One part of a refused write; `item` as it stood, where the write asked for it. */
type Part = { failed: boolean; item: Item | undefined };

const attempts = 6;
const firstBackoffMilliseconds = 25;

// lib-dynamodb translates answers but not the items that errors carry.
const plain = (item: Record<string, AttributeValue> | undefined) => item && unmarshall(item);

// The SDK retries throttled single writes by itself, but no transaction that was cancelled for
// throttling.
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
 * Two writers that meet on one item (`TransactionConflict`, which only real AWS answers) and too
 * many writes at once are neither failure nor refusal: the write is retried with growing, jittered
 * pauses. A failed condition is an outcome.
 */
const attempt = async <Output>(
  write: () => Promise<Output>,
): Promise<{ output: Output } | { refused: Part[] }> => {
  for (let tried = 1; ; tried += 1) {
    try {
      return { output: await write() };
    } catch (error) {
      if (isPassing(error)) {
        if (tried === attempts) throw new StoreBusyError();
        await delay(firstBackoffMilliseconds * 2 ** (tried - 1) * (0.5 + Math.random()));
        continue;
      }
      const refused = refusedParts(error);
      if (!refused) throw error;
      return { refused };
    }
  }
};

/**
 * `refused`: a condition failed and nothing was written; it has one entry for each part of the
 * write, in order.
 */
export type Outcome = { refused: Part[] | undefined };

/**
 * Writes one item on its condition. `item` is what the write returns (`ReturnValues`) or, if the
 * condition failed, the item that made it fail (`ReturnValuesOnConditionCheckFailure`).
 */
export const conditionalWrite = async (
  write: UpdateCommand | DeleteCommand,
): Promise<Outcome & { item: Item | undefined }> => {
  const attempted = await attempt(() =>
    // Apart, because the client's overloads take no union.
    write instanceof DeleteCommand ? dynamo().send(write) : dynamo().send(write),
  );
  return "output" in attempted
    ? { refused: undefined, item: attempted.output.Attributes }
    : { refused: attempted.refused, item: attempted.refused[0]?.item };
};

type Transact = (input: TransactWriteCommandInput) => Promise<unknown>;

/**
 * Writes all parts or none. `token` makes a repeat of the same transaction, after its answer was
 * lost, a success.
 */
export const transact = async (
  parts: TransactionPart[],
  {
    token,
    send = (input) => dynamo().send(new TransactWriteCommand(input)),
  }: { token?: string; send?: Transact } = {},
): Promise<Outcome> => {
  const attempted = await attempt(() => send({ TransactItems: parts, ClientRequestToken: token }));
  return { refused: "refused" in attempted ? attempted.refused : undefined };
};

/** The item as it is at this moment. */
export const readItem = async (table: string, pk: string): Promise<Item | undefined> => {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: table, Key: { pk }, ConsistentRead: true }),
  );
  return Item;
};
