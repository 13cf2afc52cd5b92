import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DeleteItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  type ScanCommandInput,
  type TransactWriteItem,
  type TransactWriteItemsCommandInput,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { lean, leanJsonOptions, openConnection } from "../platform/aws-client.ts";
import { inInitPhase } from "../platform/init-phase.ts";
import { prepared } from "../platform/lazy.ts";
import { plain, typed, type Item, type Plain } from "./documents.ts";

export type TransactionPart = Plain<TransactWriteItem>;

export const dynamo = prepared(() => {
  const client = lean(new DynamoDBClient(leanJsonOptions));
  inInitPhase(() => openConnection(client, new GetItemCommand({ TableName: "-", Key: {} })));
  return client;
});

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
const longestMilliseconds = 4_000;

const maybePlain = (item: Record<string, AttributeValue> | undefined) => item && plain(item);

// The SDK retries throttled single writes, but not transactions that throttling cancelled.
const passingReasons = new Set([
  "TransactionConflict",
  "TransactionInProgress",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
]);
const passingNames = new Set(["TransactionConflictException", "TransactionInProgressException"]);

const isPassing = (error: unknown): boolean =>
  (error instanceof Error && passingNames.has(error.name)) ||
  (error instanceof TransactionCanceledException &&
    (error.CancellationReasons ?? []).some(({ Code = "" }) =>
      passingReasons.has(Code.replace(/Exception$/, "")),
    ));

const refusedParts = (error: unknown): Part[] | undefined => {
  if (error instanceof ConditionalCheckFailedException)
    return [{ failed: true, item: maybePlain(error.Item) }];
  if (!(error instanceof TransactionCanceledException)) return undefined;
  const parts = (error.CancellationReasons ?? []).map(({ Code, Item }) => ({
    failed: Code === "ConditionalCheckFailed",
    item: maybePlain(Item),
  }));
  return parts.some(({ failed }) => failed) ? parts : undefined;
};

/** Retries throttling and lost races. Only real AWS reports a race as `TransactionConflict`. */
const attempt = async <Output>(
  write: () => Promise<Output>,
): Promise<{ output: Output } | { refused: Part[] }> => {
  const until = performance.now() + longestMilliseconds;
  for (let tried = 1; ; tried += 1) {
    try {
      return { output: await write() };
    } catch (error) {
      if (isPassing(error)) {
        if (tried === attempts || performance.now() > until) throw new StoreBusyError();
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

export const itemVersion = 1;

const stamped = <Input extends { Item: Item | undefined }>(input: Input): Input => ({
  ...input,
  Item: { v: itemVersion, ...input.Item },
});

type Write =
  | { Put: Plain<PutItemCommandInput> }
  | { Update: Plain<UpdateItemCommandInput> }
  | { Delete: Plain<DeleteItemCommandInput> };

const sendWrite = (write: Write) => {
  if ("Put" in write)
    return dynamo().send(new PutItemCommand(typed<PutItemCommandInput>(stamped(write.Put))));
  if ("Update" in write)
    return dynamo().send(new UpdateItemCommand(typed<UpdateItemCommandInput>(write.Update)));
  return dynamo().send(new DeleteItemCommand(typed<DeleteItemCommandInput>(write.Delete)));
};

/** The write's `ReturnValues…` options select `item`, both after success and after a refusal. */
export const conditionalWrite = async (write: Write): Promise<Outcome & { item: Item | undefined }> => {
  const attempted = await attempt(() => sendWrite(write));
  return "output" in attempted
    ? { refused: undefined, item: maybePlain(attempted.output.Attributes) }
    : { refused: attempted.refused, item: attempted.refused[0]?.item };
};

type Transaction = { TransactItems: TransactionPart[]; ClientRequestToken: string };

/** A retry with the same `token` succeeds if an earlier attempt was written. */
export const transact = async (
  parts: TransactionPart[],
  {
    token = randomUUID(),
    send = (input) =>
      dynamo().send(new TransactWriteItemsCommand(typed<TransactWriteItemsCommandInput>(input))),
  }: { token?: string; send?: (input: Transaction) => Promise<unknown> } = {},
): Promise<Outcome> => {
  const TransactItems = parts.map((part) => (part.Put ? { ...part, Put: stamped(part.Put) } : part));
  const attempted = await attempt(() => send({ TransactItems, ClientRequestToken: token }));
  return { refused: "refused" in attempted ? attempted.refused : undefined };
};

export const readItem = async (table: string, pk: string): Promise<Item | undefined> => {
  const { Item } = await dynamo().send(
    new GetItemCommand({ TableName: table, Key: { pk: { S: pk } }, ConsistentRead: true }),
  );
  return maybePlain(Item);
};

/** `next` is the key to start the following page after, if there is one. */
type Page = { items: Item[]; next: Item | undefined };

export async function* readPages(
  read: { Query: Plain<QueryCommandInput> } | { Scan: Plain<ScanCommandInput> },
): AsyncGenerator<Page> {
  const input = "Query" in read ? read.Query : read.Scan;
  let next = input.ExclusiveStartKey;
  do {
    const page = { ...input, ExclusiveStartKey: next };
    const { Items = [], LastEvaluatedKey } =
      "Query" in read
        ? await dynamo().send(new QueryCommand(typed<QueryCommandInput>(page)))
        : await dynamo().send(new ScanCommand(typed<ScanCommandInput>(page)));
    next = maybePlain(LastEvaluatedKey);
    yield { items: Items.map(plain), next };
  } while (next);
}

/** AWS counts about every six hours, and counts expired items that TTL hasn't deleted yet. */
export const countIndexes = async (table: string): Promise<Map<string, number>> => {
  const { Table } = await dynamo().send(new DescribeTableCommand({ TableName: table }));
  const indexes = Table?.GlobalSecondaryIndexes ?? [];
  return new Map(indexes.map(({ IndexName = "", ItemCount = 0 }) => [IndexName, ItemCount]));
};
