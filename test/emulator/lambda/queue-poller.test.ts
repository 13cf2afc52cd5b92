import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { eventually } from "../../support/assert/eventually.ts";
import { clientAs, useStack } from "../fixtures/use-stack.ts";

const lines: string[] = [];
const stack = useStack({ returnFailedAfterSeconds: 1, onLog: (_, line) => lines.push(line) });
const sqs = () => new SQSClient(clientAs(stack()));
const queueUrl = () => stack().outputs["data.WorkUrl"];

const receives = async (body: string): Promise<number> => {
  const { Item } = await new DynamoDBClient(clientAs(stack())).send(
    new GetItemCommand({ TableName: "data-Items", Key: { pk: { S: `message#${body}` } } }),
  );
  return Number(Item?.["receives"]?.N ?? 0);
};
const received = (body: string, times: number) =>
  eventually(`${body} to be received ${times} times`, async () =>
    (await receives(body)) >= times ? true : undefined,
  );
const deadLetters = () =>
  stack()
    .inspectQueue("data-DeadLetters")
    ?.messages.ready.map(({ body }) => body) ?? [];
const send = (...bodies: string[]) =>
  sqs().send(
    new SendMessageBatchCommand({
      QueueUrl: queueUrl(),
      Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
    }),
  );

describe("queue poller", () => {
  it("passes a message to its consumer as Lambda does", async () => {
    await sqs().send(
      new SendMessageCommand({
        QueueUrl: queueUrl(),
        MessageBody: "event",
        MessageAttributes: { colour: { DataType: "String", StringValue: "red" } },
      }),
    );
    const line = await eventually("the record", () => lines.find((one) => one.includes('"eventSource"')));
    expect(z.record(z.string(), z.unknown()).parse(JSON.parse(line))).toMatchObject({
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: "event",
      attributes: { ApproximateReceiveCount: "1", SentTimestamp: expect.stringMatching(/^\d{13}$/) },
      messageAttributes: { colour: { stringValue: "red", dataType: "String" } },
      md5OfBody: "4119639092e62c55ea8be348e4d9260d",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:data-Work",
      awsRegion: "us-east-1",
    });
  });

  it("redelivers only failed messages, and dead-letters those that fail again", async () => {
    await send("good 1", "fail 1", "good 2");
    await received("fail 1", 2);
    await eventually("the dead letter", () => (deadLetters().includes("fail 1") ? true : undefined));
    expect(await receives("good 1")).toBe(1);
    expect(await receives("good 2")).toBe(1);
    expect(deadLetters()).toEqual(["fail 1"]);
  });

  it("loses no message when the consumer crashes during a batch", async () => {
    await send("before", "die 1", "after");
    // No message of the batch counts as processed, so those before the crash are received again.
    await received("before", 2);
    await eventually("the fatal message to become a dead letter", () =>
      deadLetters().includes("die 1") ? true : undefined,
    );
    const seen = (await receives("after")) > 0 || deadLetters().includes("after");
    expect(seen).toBe(true);
  });

  it("calls SQS with the consumer's role", () => {
    expect(stack().calls()["ConsumerPoller"]).toMatchObject({
      "sqs:ReceiveMessage": expect.any(Number),
      "sqs:DeleteMessageBatch": expect.any(Number),
      "sqs:ChangeMessageVisibilityBatch": expect.any(Number),
    });
  });
});
