import { setTimeout as delay } from "node:timers/promises";
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type BatchGetItemCommandInput,
  type BatchWriteItemCommandInput,
  type BatchWriteItemCommandOutput,
} from "@aws-sdk/client-dynamodb";
import { plain, typed, type Item } from "./documents.ts";
import { dynamo, StoreBusyError } from "./dynamo.ts";

const attempts = 4;
const firstBackoffMilliseconds = 25;
const deletesPerRequest = 25;

type Key = Record<string, string>;

/** Keys that stay unprocessed are an error: an unread session would sign its user out. */
export const batchRead = async (
  keysByTable: Record<string, Key[]>,
  attributes?: readonly string[],
): Promise<Record<string, Item[]>> => {
  const projection = attributes && {
    ProjectionExpression: attributes.map((name) => `#${name}`).join(", "),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
  };
  const found: Record<string, Item[]> = {};
  const requests = Object.entries(keysByTable).map(
    ([table, Keys]) => [table, { Keys, ConsistentRead: true, ...projection }] as const,
  );
  let wanted = typed<BatchGetItemCommandInput>({ RequestItems: Object.fromEntries(requests) });
  for (let tried = 0; tried < attempts; tried += 1) {
    if (tried > 0) await delay(firstBackoffMilliseconds * 2 ** (tried - 1));
    const { Responses = {}, UnprocessedKeys = {} } = await dynamo().send(new BatchGetItemCommand(wanted));
    for (const [table, items] of Object.entries(Responses))
      found[table] = [...(found[table] ?? []), ...items.map(plain)];
    if (Object.keys(UnprocessedKeys).length === 0) return found;
    wanted = { RequestItems: UnprocessedKeys };
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
    const requests = keys.slice(start, start + deletesPerRequest).map((Key) => ({ DeleteRequest: { Key } }));
    let wanted = typed<BatchWriteItemCommandInput>({ RequestItems: { [table]: requests } });
    for (let tried = 0; Object.keys(wanted.RequestItems ?? {}).length > 0; tried += 1) {
      if (tried === attempts) throw new StoreBusyError();
      if (tried > 0) await delay(firstBackoffMilliseconds * 2 ** (tried - 1));
      const { UnprocessedItems = {} } = await send(wanted);
      wanted = { RequestItems: UnprocessedItems };
    }
  }
};
