import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { SendEmailCommand, SESClient } from "@aws-sdk/client-ses";
import { afterEach, describe, expect, it } from "vitest";
import { clientAs, useStack } from "../fixtures/use-stack.ts";

const stack = useStack();
const TableName = "data-Items";
const put = (id: string) =>
  new PutItemCommand({
    TableName,
    Item: { pk: { S: id } },
    ConditionExpression: "attribute_not_exists(pk)",
  });
const probe = (maxAttempts = 1) => new DynamoDBClient({ ...clientAs(stack(), "Probe"), maxAttempts });

afterEach(() => stack().faults.clear());

describe("injected fault", () => {
  it("makes only the next matching call fail", async () => {
    const reasons = [{ Code: "TransactionConflict" }];
    const fault = stack().faults.add({
      principal: "Probe",
      operation: "PutItem",
      error: { code: "TransactionCanceledException", fields: { CancellationReasons: reasons } },
    });
    await new DynamoDBClient(clientAs(stack())).send(put("by another principal"));
    await expect(probe().send(put("struck"))).rejects.toMatchObject({
      name: "TransactionCanceledException",
      CancellationReasons: reasons,
    });
    await probe().send(put("struck"));
    expect(fault.struck()).toBe(1);
  });

  it("loses the response of a write that the SDK then retries", async () => {
    stack().faults.add({ principal: "Probe", operation: "PutItem", lostAnswer: true });
    // The write was performed, so the condition of the retry fails.
    await expect(probe(3).send(put("lost"))).rejects.toBeInstanceOf(ConditionalCheckFailedException);
    const { Item } = await probe().send(new GetItemCommand({ TableName, Key: { pk: { S: "lost" } } }));
    expect(Item).toEqual({ pk: { S: "lost" } });
  });

  it("delays a call", async () => {
    stack().faults.add({ operation: "GetItem", delayMilliseconds: 200 });
    const startedAt = Date.now();
    await probe().send(new GetItemCommand({ TableName, Key: { pk: { S: "x" } } }));
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(195);
  });

  it("asks a function for each error, for example for a rate limit", async () => {
    let left = 1;
    const full = { code: "ThrottlingException", status: 400 };
    stack().faults.add({
      principal: "Probe",
      times: Infinity,
      errorFor: (operation) => {
        if (operation !== "GetItem") return undefined;
        left -= 1;
        return left < 0 ? full : undefined;
      },
    });
    const get = () => probe(1).send(new GetItemCommand({ TableName, Key: { pk: { S: "x" } } }));
    await get();
    await expect(get()).rejects.toMatchObject({ name: "ThrottlingException" });
  });

  it("makes SES throttle", async () => {
    stack().faults.add({
      operation: "SendEmail",
      error: { code: "Throttling", message: "Maximum sending rate exceeded." },
    });
    const sent = new SESClient(clientAs(stack())).send(
      new SendEmailCommand({
        Source: "no-reply@example.com",
        Destination: { ToAddresses: ["ada@example.com"] },
        Message: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } },
      }),
    );
    await expect(sent).rejects.toMatchObject({
      name: "Throttling",
      message: "Maximum sending rate exceeded.",
    });
  });
});
