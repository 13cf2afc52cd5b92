/** Consistent reads of several items in one round trip. */
import { setTimeout as delay } from "node:timers/promises";
import { BatchGetCommand } from "@aws-sdk/lib-dynamodb";
import { dynamo, type Item } from "./dynamo.ts";
import { ApiError } from "../contract/errors.ts";

const attempts = 4;
const firstBackoffMilliseconds = 25;

type Key = Record<string, string>;

/**
 * Reads keys by table, whole items or only these attributes of them. Keys that the store leaves
 * unprocessed are asked for again; if some remain, the answer is 503: taking an unread item for an
 * absent one would sign people out.
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
  throw new ApiError("service_unavailable", { retryAfterSeconds: 1 });
};
