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
  const requestFor = (Keys: Key[]) => ({ Keys, ConsistentRead: true, ...projection });
  const found: Record<string, Item[]> = {};
  let wanted = Object.fromEntries(
    Object.entries(keysByTable).map(([table, keys]) => [table, requestFor(keys)]),
  );
  for (let tried = 0; tried < attempts; tried += 1) {
    if (tried > 0) await delay(firstBackoffMilliseconds * 2 ** (tried - 1));
    const { Responses = {}, UnprocessedKeys = {} } = await dynamo().send(
      new BatchGetCommand({ RequestItems: wanted }),
    );
    for (const [table, items] of Object.entries(Responses))
      found[table] = [...(found[table] ?? []), ...items];
    if (Object.keys(UnprocessedKeys).length === 0) return found;
    wanted = Object.fromEntries(
      Object.entries(UnprocessedKeys).map(([table, { Keys = [] }]) => [table, requestFor(Keys)]),
    );
  }
  throw new StoreBusyError();
};

type SendDeletes = (
  input: BatchWriteCommandInput,
) => Promise<Pick<BatchWriteCommandOutput, "UnprocessedItems">>;

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
