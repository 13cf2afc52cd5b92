// A role that may touch items of some kinds only, which the beginning of their key tells.
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { keysOfItem } from "../../../infra/local/aws-endpoint/leading-keys.ts";
import { clientAs, useStack } from "../fixtures/use-stack.ts";

const onItems = { "Fn::ImportValue": "data:ItemsArn" };
const allow = (actions: string[], ...patterns: string[]) => ({
  Effect: "Allow",
  Action: actions.map((action) => `dynamodb:${action}`),
  Resource: onItems,
  Condition: { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": patterns } },
});

const stack = useStack({
  alter: ({ service }) => {
    const Statement = [
      allow(["GetItem", "BatchGetItem", "Query", "Scan"], "pending#*", "email#*"),
      allow(["PutItem", "BatchWriteItem"], "pending#*"),
      allow(["UpdateItem", "DeleteItem", "ConditionCheckItem"], "email#*"),
      {
        Effect: "Allow",
        Action: "dynamodb:Query",
        Resource: { "Fn::Join": ["", [onItems, "/index/byColour"]] },
      },
    ];
    const policy = service.Resources["ProbePolicy"];
    if (policy) policy.Properties["PolicyDocument"] = { Statement };
  },
});
const probe = () => new DynamoDBClient(clientAs(stack(), "Probe"));
const TableName = "data-Items";
const key = (pk: string) => ({ pk: { S: pk } });
const [pending, email, user] = [key("pending#1"), key("email#1"), key("user#secret-id")];

const refused = (call: Promise<unknown>, action: string) =>
  expect(call).rejects.toMatchObject({
    name: "AccessDeniedException",
    message: expect.stringContaining(`not authorized to perform: dynamodb:${action} on`),
  });

describe("condition on leading keys", () => {
  it("decides about the key of a single item [ASVS 13.2.2]", async () => {
    await probe().send(new PutItemCommand({ TableName, Item: { ...pending, colour: { S: "red" } } }));
    await probe().send(new GetItemCommand({ TableName, Key: email }));
    await probe().send(new UpdateItemCommand({ TableName, Key: email }));
    await probe().send(new DeleteItemCommand({ TableName, Key: email }));
    await refused(probe().send(new PutItemCommand({ TableName, Item: user })), "PutItem");
    await refused(probe().send(new GetItemCommand({ TableName, Key: user })), "GetItem");
    await refused(probe().send(new UpdateItemCommand({ TableName, Key: user })), "UpdateItem");
    await refused(probe().send(new DeleteItemCommand({ TableName, Key: pending })), "DeleteItem");
  });

  it("compares patterns with the beginning of a key, with its case", async () => {
    for (const pk of ["a pending#1", "pending", "PENDING#1", "pending-#1"])
      await refused(probe().send(new PutItemCommand({ TableName, Item: key(pk) })), "PutItem");
    await probe().send(new PutItemCommand({ TableName, Item: key("pending#one\ntwo") }));
  });

  it("names the kind in the refusal, and no more of the key", async () => {
    const call = probe().send(new PutItemCommand({ TableName, Item: user }));
    await expect(call).rejects.toThrow(/allows the dynamodb:PutItem action on keys that begin with user#$/);
    const plain = probe().send(new PutItemCommand({ TableName, Item: key("secret-id") }));
    await expect(plain).rejects.toThrow(/allows the dynamodb:PutItem action$/);
  });

  it("counts both keys of a call that wrongly has two", () => {
    // The SDK would not send it, but anyone with a function's credentials can.
    expect(keysOfItem({ Key: pending, Item: user }, "pk")).toEqual(["pending#1", "user#secret-id"]);
    expect(keysOfItem({}, "pk")).toEqual([""]);
  });

  it("decides about each part of a transaction by its own action", async () => {
    const parts = [
      { Put: { TableName, Item: pending } },
      { Update: { TableName, Key: email, UpdateExpression: "REMOVE colour" } },
      { Delete: { TableName, Key: key("email#2") } },
      {
        ConditionCheck: {
          TableName,
          Key: key("email#3"),
          ConditionExpression: "attribute_not_exists(pk)",
        },
      },
    ];
    const write = (...TransactItems: object[]) =>
      probe().send(new TransactWriteItemsCommand({ TransactItems }));
    await write(...parts);
    await refused(write(...parts, { Put: { TableName, Item: user } }), "PutItem");
    await refused(write({ Update: { TableName, Key: user } }, ...parts), "UpdateItem");
    await refused(write({ Delete: { TableName, Key: pending } }), "DeleteItem");
    const check = { ...parts[3]?.ConditionCheck, Key: user };
    await refused(write({ ConditionCheck: check }), "ConditionCheckItem");
  });

  it("decides about each read of a transaction", async () => {
    const read = (...keys: Record<string, { S: string }>[]) =>
      probe().send(
        new TransactGetItemsCommand({ TransactItems: keys.map((Key) => ({ Get: { TableName, Key } })) }),
      );
    await read(pending, email);
    await refused(read(pending, user), "GetItem");
  });

  it("refuses a whole batch for one key", async () => {
    const read = (...Keys: Record<string, { S: string }>[]) =>
      probe().send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } }));
    await read(pending, email);
    await refused(read(pending, email, user), "BatchGetItem");
    const write = (...requests: object[]) =>
      probe().send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
    const put = { PutRequest: { Item: pending } };
    await write(put);
    await refused(write(put, { PutRequest: { Item: user } }), "BatchWriteItem");
    await refused(write(put, { DeleteRequest: { Key: user } }), "BatchWriteItem");
  });

  it("finds the key that a query names, also by names and values", async () => {
    const query = (pk: string, KeyConditionExpression: string, names?: Record<string, string>) =>
      probe().send(
        new QueryCommand({
          TableName,
          KeyConditionExpression,
          ExpressionAttributeNames: names,
          ExpressionAttributeValues: { ":pk": { S: pk } },
        }),
      );
    await query("pending#1", "pk = :pk");
    await query("pending#1", "#p=:pk", { "#p": "pk" });
    await refused(query("user#1", "pk = :pk"), "Query");
    await refused(query("user#1", "( #p = :pk )", { "#p": "pk" }), "Query");
    // Only DynamoDB could tell that these name no partition key, so they are refused before.
    await refused(query("pending#1", "colour = :pk"), "Query");
    await refused(query("pending#1", "pk >= :pk"), "Query");
  });

  it("leaves a query of an index to its own statement", async () => {
    const { Items } = await probe().send(
      new QueryCommand({
        TableName,
        IndexName: "byColour",
        KeyConditionExpression: "colour = :colour",
        ExpressionAttributeValues: { ":colour": { S: "red" } },
      }),
    );
    expect(Items).toBeDefined();
  });

  it("holds for a scan, which names no key, as on AWS", async () => {
    await probe().send(new ScanCommand({ TableName }));
  });
});
