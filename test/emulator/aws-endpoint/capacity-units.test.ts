// The expected numbers follow the rules that AWS publishes.
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { writeUnitsOf } from "../../../infra/local/aws-endpoint/capacity-units.ts";
import { clientAs, useStack } from "../fixtures/use-stack.ts";

const stack = useStack();
const TableName = "data-Items";
const key = (pk: string) => ({ pk: { S: pk } });
const text = (bytes: number) => ({ S: "x".repeat(bytes) });
const never = { ConditionExpression: "attribute_exists(never)" };
const setZ = {
  UpdateExpression: "SET z = :z",
  ExpressionAttributeValues: { ":z": { S: "z" } },
};

let client: DynamoDBClient;
beforeAll(() => {
  client = new DynamoDBClient(clientAs(stack()));
});
beforeEach(async () => {
  stack().countUnits(false);
  await client.send(new PutItemCommand({ TableName, Item: { ...key("small"), v: text(10) } }));
  await client.send(new PutItemCommand({ TableName, Item: { ...key("large"), v: text(5_000) } }));
  stack().countUnits(true);
  stack().resetCalls();
});

const unitsOf = async (call: () => Promise<unknown>) => {
  await call();
  const units = Object.values(stack().units()["Runner"] ?? {});
  return units.reduce((sum, { read, write }) => ({ read: sum.read + read, write: sum.write + write }));
};
const refused = (call: Promise<unknown>, name: string) => expect(call).rejects.toMatchObject({ name });

it("writes cost one unit for each begun kilobyte", async () => {
  const put = (pk: string, bytes: number) =>
    client.send(new PutItemCommand({ TableName, Item: { ...key(pk), v: text(bytes) } }));
  expect(await unitsOf(() => put("new", 10))).toEqual({ read: 0, write: 1 });
  expect(await unitsOf(() => put("new", 1_500))).toEqual({ read: 0, write: 3 });
  // The larger of the item before and after counts.
  expect(await unitsOf(() => put("new", 10))).toEqual({ read: 0, write: 5 });
});

it("deleting a missing item costs a unit", async () => {
  const call = () => client.send(new DeleteItemCommand({ TableName, Key: key("missing") }));
  expect(await unitsOf(call)).toEqual({ read: 0, write: 1 });
});

it("reads cost by 4 KB, half if eventually consistent", async () => {
  const get = (pk: string, ConsistentRead: boolean) =>
    client.send(new GetItemCommand({ TableName, Key: key(pk), ConsistentRead }));
  expect(await unitsOf(() => get("large", true))).toEqual({ read: 2, write: 0 });
  stack().resetCalls();
  expect(await unitsOf(() => get("large", false))).toEqual({ read: 1, write: 0 });
  stack().resetCalls();
  expect(await unitsOf(() => get("missing", true))).toEqual({ read: 1, write: 0 });
});

it("each item of a transaction costs double", async ({ skip }) => {
  skip(stack().engine !== "dynoxide", "DynamoDB Local counts transactions otherwise");
  const transaction = new TransactWriteItemsCommand({
    TransactItems: [
      { Put: { TableName, Item: key("other") } },
      { Update: { TableName, Key: key("small"), ...setZ } },
      { Delete: { TableName, Key: key("gone") } },
      { ConditionCheck: { TableName, Key: key("third"), ConditionExpression: "attribute_not_exists(pk)" } },
    ],
  });
  expect(await unitsOf(() => client.send(transaction))).toEqual({ read: 0, write: 2 + 2 + 2 + 2 });
});

it("batches cost the sum of their items", async () => {
  const writes = new BatchWriteItemCommand({
    RequestItems: {
      [TableName]: [
        { PutRequest: { Item: { ...key("one"), v: text(1_500) } } },
        { PutRequest: { Item: key("two") } },
      ],
    },
  });
  expect(await unitsOf(() => client.send(writes))).toEqual({ read: 0, write: 3 });
  stack().resetCalls();
  const reads = new BatchGetItemCommand({
    RequestItems: { [TableName]: { Keys: [key("large"), key("small")], ConsistentRead: true } },
  });
  expect(await unitsOf(() => client.send(reads))).toEqual({ read: 3, write: 0 });
});

it("a refused write costs as much as the write", async () => {
  const update = { TableName, Key: key("large"), ...setZ, ...never };
  const item = { ...key("new"), v: text(1_500) };
  const call = async () => {
    await refused(client.send(new UpdateItemCommand(update)), "ConditionalCheckFailedException");
    const telling = { ...update, ReturnValuesOnConditionCheckFailure: "ALL_OLD" } as const;
    await refused(client.send(new UpdateItemCommand(telling)), "ConditionalCheckFailedException");
    const put = new PutItemCommand({ TableName, Item: item, ...never });
    await refused(client.send(put), "ConditionalCheckFailedException");
  };
  // The size of an item that the refusal doesn't return is unknown, so it counts as one kilobyte.
  expect(await unitsOf(call)).toEqual({ read: 0, write: 1 + 5 + 2 });
});

it("a refused transaction costs double for each item", async () => {
  const transaction = new TransactWriteItemsCommand({
    TransactItems: [
      { Put: { TableName, Item: { ...key("new"), v: text(1_500) } } },
      { Delete: { TableName, Key: key("small"), ...never } },
    ],
  });
  const call = () => refused(client.send(transaction), "TransactionCanceledException");
  expect(await unitsOf(call)).toEqual({ read: 0, write: 4 + 2 });
});

it("other failures cost nothing", async () => {
  const broken = { TableName, Key: key("small"), ConditionExpression: "attribute_exists(missing)" };
  const call = async () => {
    await refused(client.send(new GetItemCommand({ TableName, Key: {} })), "ValidationException");
    // "missing" is a reserved word, so the transaction is cancelled for another reason.
    const transaction = new TransactWriteItemsCommand({ TransactItems: [{ Delete: broken }] });
    await expect(client.send(transaction)).rejects.toThrow(/ValidationError|reserved/);
  };
  expect(await unitsOf(call)).toEqual({ read: 0, write: 0 });
});

it("callers get units only if they asked", async () => {
  const get = { TableName, Key: key("small") };
  const silent = await client.send(new GetItemCommand(get));
  expect(silent).toMatchObject({ Item: { ...key("small"), v: text(10) } });
  expect(silent.ConsumedCapacity).toBeUndefined();
  const telling = await client.send(new GetItemCommand({ ...get, ReturnConsumedCapacity: "TOTAL" }));
  expect(telling.ConsumedCapacity?.CapacityUnits).toBe(0.5);
});

it("units are counted by principal and action until a reset", async () => {
  const probe = new DynamoDBClient(clientAs(stack(), "Probe"));
  const query = { KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": { S: "large" } } };
  await client.send(new QueryCommand({ TableName, ...query, ConsistentRead: true }));
  await probe.send(new PutItemCommand({ TableName, Item: key("counted") }));
  expect(stack().units()).toEqual({
    Runner: { "dynamodb:Query": { read: 2, write: 0 } },
    Probe: { "dynamodb:PutItem": { read: 0, write: 1 } },
  });
  stack().resetCalls();
  expect(stack().units()).toEqual({});
});

it("units are not counted unless switched on", async () => {
  stack().countUnits(false);
  await client.send(new GetItemCommand({ TableName, Key: key("small") }));
  expect(stack().units()).toEqual({});
});

it("sizes of items follow AWS's rules", () => {
  expect(writeUnitsOf(undefined)).toBe(1);
  expect(writeUnitsOf({ pk: text(1_022) })).toBe(1);
  expect(writeUnitsOf({ pk: text(1_023) })).toBe(2);
  expect(writeUnitsOf({ pk: text(10) }, { pk: text(2_000) })).toBe(2);
  const nested = { m: { M: { a: { L: [{ N: "12" }, { BOOL: true }, { SS: ["ab", "cd"] }] } } } };
  // The name, the map with its member, that one's name, the list with three members, and their
  // values. The text fills the first kilobyte.
  const bytes = 1 + 4 + 1 + 6 + 7;
  expect(writeUnitsOf({ ...nested, t: text(1_024 - bytes - 1) })).toBe(1);
  expect(writeUnitsOf({ ...nested, t: text(1_025 - bytes - 1) })).toBe(2);
});
