import { setTimeout as delay } from "node:timers/promises";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  type BatchWriteItemCommandInput,
  type BatchWriteItemCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { plain, typedItem, type Item } from "./documents.ts";
import { dynamo, StoreBusyError } from "./dynamo.ts";

const attempts = 4;
const firstBackoffMilliseconds = 25;
const deletesPerRequest = 25;

type Key = Record<string, string>;

type SendReads = (
  input: BatchGetItemCommandInput,
) => Promise<Pick<BatchGetItemCommandOutput, "Responses" | "UnprocessedKeys">>;

/** Keys that stay unprocessed are an error: an unread session would sign its user out. */
export const batchRead = async (
  keysByTable: Record<string, Key[]>,
  { attributes, consistent = true }: { attributes?: readonly string[]; consistent?: boolean } = {},
  send: SendReads = (input) => dynamo().send(new BatchGetItemCommand(input)),
): Promise<Record<string, Item[]>> => {
  const projection = attributes && {
    ProjectionExpression: attributes.map((name) => `#${name}`).join(", "),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
  };
  const found: Record<string, Item[]> = {};
  let wanted = Object.entries(keysByTable).map(([table, keys]) => [table, keys.map(typedItem)] as const);
  for (let tried = 0; tried < attempts; tried += 1) {
    if (tried > 0) await delay(firstBackoffMilliseconds * 2 ** (tried - 1));
    const requests = wanted.map(
      ([table, Keys]) => [table, { Keys, ConsistentRead: consistent, ...projection }] as const,
    );
    const { Responses = {}, UnprocessedKeys = {} } = await send({
      RequestItems: Object.fromEntries(requests),
    });
    for (const [table, items] of Object.entries(Responses))
      found[table] = [...(found[table] ?? []), ...items.map(plain)];
    wanted = Object.entries(UnprocessedKeys).map(([table, { Keys = [] }]) => [table, Keys] as const);
    if (wanted.length === 0) return found;
  }
  throw new StoreBusyError();
};

type SendDeletes = (
  input: BatchWriteItemCommandInput,
) => Promise<Pick<BatchWriteItemCommandOutput, "UnprocessedItems">>;

export const batchDelete = async (
  table: string,
  keys: readonly Key[],
  send: SendDeletes = (input) => dynamo().send(new BatchWriteItemCommand(input)),
): Promise<void> => {
  for (let start = 0; start < keys.length; start += deletesPerRequest) {
    const requests = keys
      .slice(start, start + deletesPerRequest)
      .map((key) => ({ DeleteRequest: { Key: typedItem(key) } }));
    let wanted: BatchWriteItemCommandInput = { RequestItems: { [table]: requests } };
    for (let tried = 0; Object.keys(wanted.RequestItems ?? {}).length > 0; tried += 1) {
      if (tried === attempts) throw new StoreBusyError();
      if (tried > 0) await delay(firstBackoffMilliseconds * 2 ** (tried - 1));
      const { UnprocessedItems = {} } = await send(wanted);
      wanted = { RequestItems: UnprocessedItems };
    }
  }
};
