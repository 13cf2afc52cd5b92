import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { expect, it } from "vitest";
import { clientAs, useStack } from "../fixtures/use-stack.ts";

const stack = useStack();
const TableName = "data-Items";
const Item = { pk: { S: "counted" } };

it("AWS calls are counted by principal and action until a reset", async () => {
  stack().resetCalls();
  const client = new DynamoDBClient(clientAs(stack(), "Probe"));
  await client.send(new PutItemCommand({ TableName, Item }));
  await client.send(new GetItemCommand({ TableName, Key: Item }));
  expect(stack().calls()["Probe"]).toEqual({ "dynamodb:PutItem": 1, "dynamodb:GetItem": 1 });
  stack().resetCalls();
  expect(stack().calls()["Probe"]).toBeUndefined();
});
