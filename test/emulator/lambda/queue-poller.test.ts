import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, it } from "vitest";
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

it("a message reaches its consumer as Lambda would hand it over", async () => {
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

it("of a batch, only the messages that failed come back, and too many failures move one aside", async () => {
  await send("good 1", "fail 1", "good 2");
  await received("fail 1", 2);
  await eventually("the dead letter", () => (deadLetters().includes("fail 1") ? true : undefined));
  expect(await receives("good 1")).toBe(1);
  expect(await receives("good 2")).toBe(1);
  expect(deadLetters()).toEqual(["fail 1"]);
});

it("a consumer that dies in mid-batch loses no message", async () => {
  await send("before", "die 1", "after");
  // Nothing of the batch counts as done, so what stood before the death comes twice.
  await received("before", 2);
  await eventually("the fatal message to move aside", () =>
    deadLetters().includes("die 1") ? true : undefined,
  );
  const seen = (await receives("after")) > 0 || deadLetters().includes("after");
  expect(seen).toBe(true);
});

it("the poller asks with the consumer's role", () => {
  expect(stack().calls()["ConsumerPoller"]).toMatchObject({
    "sqs:ReceiveMessage": expect.any(Number),
    "sqs:DeleteMessageBatch": expect.any(Number),
    "sqs:ChangeMessageVisibilityBatch": expect.any(Number),
  });
});
