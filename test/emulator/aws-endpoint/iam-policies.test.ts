import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { SendEmailCommand, SESClient } from "@aws-sdk/client-ses";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { clientAs, dispose, startFixtureStack, useStack } from "../fixtures/use-stack.ts";

const stack = useStack();
const dynamodb = () => new DynamoDBClient(clientAs(stack(), "Probe"));
const items = "data-Items";
const other = "data-Other";
const one = { pk: { S: "one" } };
const denied = (action: string, resource: string) => ({
  name: "AccessDeniedException",
  message: expect.stringContaining(`is not authorized to perform: ${action} on resource: ${resource}`),
});
const tableArn = (name: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;

describe("DynamoDB policy", () => {
  it("allows an action that it grants", async () => {
    await dynamodb().send(new PutItemCommand({ TableName: items, Item: one }));
  });

  it("refuses an action on another table with DynamoDB's error", async () => {
    const refused = dynamodb().send(new PutItemCommand({ TableName: other, Item: one }));
    await expect(refused).rejects.toMatchObject({
      ...denied("dynamodb:PutItem", tableArn(other)),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("names an explicit deny as the reason", async () => {
    const refused = dynamodb().send(new DeleteItemCommand({ TableName: items, Key: one }));
    await expect(refused).rejects.toThrow("with an explicit deny in an identity-based policy");
  });

  it("applies to each item of a transaction, before anything is written", async () => {
    const condition = { Key: { pk: { S: "two" } }, ConditionExpression: "attribute_not_exists(pk)" };
    const refused = dynamodb().send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName: items, Item: { pk: { S: "from a transaction" } } } },
          { ConditionCheck: { TableName: items, ...condition } },
        ],
      }),
    );
    await expect(refused).rejects.toMatchObject(denied("dynamodb:ConditionCheckItem", tableArn(items)));
    const all = new DynamoDBClient(clientAs(stack()));
    const { Responses } = await all.send(
      new BatchGetItemCommand({ RequestItems: { [items]: { Keys: [{ pk: { S: "from a transaction" } }] } } }),
    );
    expect(Responses).toEqual({ [items]: [] });
  });

  it("applies to each table of a batch", async () => {
    const ask = (...tables: string[]) =>
      dynamodb().send(
        new BatchGetItemCommand({
          RequestItems: Object.fromEntries(tables.map((name) => [name, { Keys: [one] }])),
        }),
      );
    await ask(items);
    await expect(ask(items, other)).rejects.toMatchObject(denied("dynamodb:BatchGetItem", tableArn(other)));
  });

  it("treats an index as a resource of its own", async () => {
    const query = {
      TableName: items,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: "one" } },
    };
    await dynamodb().send(new QueryCommand(query));
    const byIndex = { ...query, IndexName: "byColour", KeyConditionExpression: "colour = :pk" };
    await expect(dynamodb().send(new QueryCommand(byIndex))).rejects.toMatchObject(
      denied("dynamodb:Query", `${tableArn(items)}/index/byColour`),
    );
  });

  it("refuses unknown credentials [ASVS 13.2.1]", async () => {
    const stranger = new DynamoDBClient(clientAs(stack(), "Stranger"));
    await expect(stranger.send(new PutItemCommand({ TableName: items, Item: one }))).rejects.toMatchObject({
      name: "UnrecognizedClientException",
    });
  });
});

it("SQS policy grants sending, but not receiving", async () => {
  const sqs = new SQSClient(clientAs(stack(), "Probe"));
  const QueueUrl = stack().outputs["data.WorkUrl"];
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "fine" }));
  await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl }))).rejects.toMatchObject({
    message: expect.stringContaining(
      "is not authorized to perform: sqs:ReceiveMessage on resource: arn:aws:sqs:",
    ),
  });
});

it("Secrets Manager policy grants reading one secret, and nothing else", async () => {
  const secrets = new SecretsManagerClient(clientAs(stack(), "Probe"));
  const random = stack().outputs["data.RandomSecret"];
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: random }));
  expect(SecretString).toMatch(/^[A-Za-z0-9]{40}$/);
  await expect(
    secrets.send(new PutSecretValueCommand({ SecretId: random, SecretString: "mine" })),
  ).rejects.toMatchObject({ name: "AccessDeniedException" });
  const empty = stack().outputs["data.EmptySecret"];
  await expect(secrets.send(new GetSecretValueCommand({ SecretId: empty }))).rejects.toMatchObject({
    name: "AccessDeniedException",
  });
});

it("SES policy grants sending from the address in its condition only", async () => {
  const ses = new SESClient(clientAs(stack(), "Probe"));
  const send = (Source: string) =>
    ses.send(
      new SendEmailCommand({
        Source,
        Destination: { ToAddresses: ["ada@example.com"] },
        Message: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } },
      }),
    );
  expect((await send("Sender <no-reply@example.com>")).MessageId).toBeTruthy();
  await expect(send("ceo@example.com")).rejects.toMatchObject({
    name: "AccessDenied",
    message: expect.stringContaining("ses:SendEmail"),
    $metadata: { httpStatusCode: 403 },
  });
});

it("a function is refused what its template no longer grants", async () => {
  const lines: string[] = [];
  const lesser = await startFixtureStack({
    onLog: (_, line) => lines.push(line),
    alter: ({ service }) => {
      const policy = service.Resources["ProbePolicy"];
      if (policy) policy.Properties["PolicyDocument"] = { Statement: [] };
    },
  });
  try {
    const response = await fetch(`${lesser.url}/things`, {
      method: "POST",
      body: JSON.stringify({ do: "get" }),
    });
    expect(response.status).toBe(502);
    expect(lines.join("\n")).toContain("AccessDeniedException");
    expect(lines.join("\n")).toContain("dynamodb:GetItem");
  } finally {
    await dispose(lesser);
  }
});

it("a policy with unknown members stops the start", async () => {
  const start = startFixtureStack({
    alter: ({ service }) => {
      const policy = service.Resources["ProbePolicy"];
      const statement = { Effect: "Allow", NotAction: "iam:*", Resource: "*" };
      if (policy) policy.Properties["PolicyDocument"] = { Statement: [statement] };
    },
  });
  await expect(start).rejects.toThrow("NotAction");
});
