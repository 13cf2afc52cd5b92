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
import { prepared } from "../platform/lazy.ts";

export type Item = Record<string, unknown>;
export type TransactionPart = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

export const dynamo = prepared(() =>
  DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } }),
);

/** All attempts were throttled or lost a race. The endpoint answers 503. */
export class StoreBusyError extends Error {
  constructor() {
    super("the store is busy");
    this.name = "StoreBusyError";
  }
}

type Part = { failed: boolean; item: Item | undefined };

const attempts = 6;
const firstBackoffMilliseconds = 25;

// lib-dynamodb unmarshalls responses, but not the items in errors.
const plain = (item: Record<string, AttributeValue> | undefined) => item && unmarshall(item);

// The SDK retries throttled single writes, but not transactions that throttling cancelled.
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

/** Retries throttling and lost races. Only real AWS reports a race as `TransactionConflict`. */
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

/** If a condition failed, `refused` has one entry for each part of the write, in order. */
export type Outcome = { refused: Part[] | undefined };

/** The write's `ReturnValues…` options select `item`, both after success and after a refusal. */
export const conditionalWrite = async (
  write: UpdateCommand | DeleteCommand,
): Promise<Outcome & { item: Item | undefined }> => {
  const attempted = await attempt(() =>
    // The client's overloads don't accept a union type.
    write instanceof DeleteCommand ? dynamo().send(write) : dynamo().send(write),
  );
  return "output" in attempted
    ? { refused: undefined, item: attempted.output.Attributes }
    : { refused: attempted.refused, item: attempted.refused[0]?.item };
};

type Transact = (input: TransactWriteCommandInput) => Promise<unknown>;

/** With `token`, a retry succeeds if the first attempt was written but its response was lost. */
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

export const readItem = async (table: string, pk: string): Promise<Item | undefined> => {
  const { Item } = await dynamo().send(
    new GetCommand({ TableName: table, Key: { pk }, ConsistentRead: true }),
  );
  return Item;
};
