/**
 * Reads and deletes of several items in one request. What the store leaves unprocessed is asked for
 * again.
 */
import { setTimeout as delay } from "node:timers/promises";
import {
  BatchGetCommand,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
} from "@aws-sdk/lib-dynamodb";
import { dynamo, StoreBusyError, type Item } from "./dynamo.ts";

const attempts = 4;
const firstBackoffMilliseconds = 25;
/** As many as DynamoDB deletes in one request. */
const deletesPerRequest = 25;

type Key = Record<string, string>;

/**
 * Consistent reads by table, in one round trip: whole items or only these attributes of them. If
 * some keys remain unprocessed, the store is busy: taking an unread item for an absent one would
 * sign people out.
 */
export const batchRead = async (
  keysByTable: Record<string, Key[]>,
  attributes?: readonly string[],
): Promise<Record<string, Item[]>> => {
  // Every name gets a placeholder, because DynamoDB reserves some of them as words.
  const projection = attributes && {
    ProjectionExpression: attributes.map((name) => `#${name}`).join(", "),
    ExpressionAttributeNames: Object.fromEntries(attributes.map((name) => [`#${name}`, name])),
  };
  const requestFor = (Keys: Key[]) => ({ Keys, ConsistentRead: true, ...projection });
  const found: Record<string, Item[]> = {};
  let wanted = Object.fromEntries(
    Object.entries(keysByTable).map(([table, keys]) => [table, requestFor(keys)]),
  );
  for (let tried = 1; tried <= attempts; tried += 1) {
    const { Responses = {}, UnprocessedKeys = {} } = await dynamo().send(
      new BatchGetCommand({ RequestItems: wanted }),
    );
    for (const [table, items] of Object.entries(Responses))
      found[table] = [...(found[table] ?? []), ...items];
    if (Object.keys(UnprocessedKeys).length === 0) return found;
    wanted = Object.fromEntries(
      Object.entries(UnprocessedKeys).map(([table, { Keys = [] }]) => [table, requestFor(Keys)]),
    );
    await delay(firstBackoffMilliseconds * 2 ** (tried - 1));
  }
  throw new StoreBusyError();
};

type SendDeletes = (
  input: BatchWriteCommandInput,
) => Promise<Pick<BatchWriteCommandOutput, "UnprocessedItems">>;

/** Deletes items of one table. If some remain, the store is busy: nothing may stay unnoticed. */
export const batchDelete = async (
  table: string,
  keys: readonly Key[],
  send: SendDeletes = (input) => dynamo().send(new BatchWriteCommand(input)),
): Promise<void> => {
  for (let start = 0; start < keys.length; start += deletesPerRequest) {
    const requests = keys.slice(start, start + deletesPerRequest).map((Key) => ({ DeleteRequest: { Key } }));
    let wanted: NonNullable<BatchWriteCommandInput["RequestItems"]> = { [table]: requests };
    for (let tried = 0; Object.keys(wanted).length > 0; tried += 1) {
      if (tried === attempts) throw new StoreBusyError();
      if (tried > 0) await delay(firstBackoffMilliseconds * 2 ** (tried - 1));
      const { UnprocessedItems = {} } = await send({ RequestItems: wanted });
      wanted = UnprocessedItems;
    }
  }
};
