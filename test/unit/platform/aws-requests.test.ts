// Compares what lean clients send with what the SDK's own clients send.
import { DynamoDBClient, GetItemCommand, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreamsClient, GetRecordsCommand } from "@aws-sdk/client-dynamodb-streams";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendRawEmailCommand, SESClient } from "@aws-sdk/client-ses";
import { DeleteSuppressedDestinationCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { HttpRequest } from "@smithy/types";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import * as options from "../../../shared/platform/aws-client.ts";

const { lean, leanOptions, leanJsonOptions, leanJson1_1Options } = options;

const sentBy = async (send: (own: object) => Promise<unknown>): Promise<HttpRequest | undefined> => {
  let sent: HttpRequest | undefined;
  const handle = (request: HttpRequest) => {
    sent = request;
    return Promise.resolve({ response: { statusCode: 400, headers: {}, body: Buffer.from("{}") } });
  };
  await send({ requestHandler: { handle } }).catch(() => {});
  return sent;
};

const bodyOf = ({ headers, body }: HttpRequest): unknown => {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  return headers["content-type"]?.includes("json") ? JSON.parse(text) : text;
};

const described = (request: HttpRequest | undefined) => {
  if (request === undefined) return undefined;
  const { method, protocol, hostname, port, path, query, headers } = request;
  const target = { method, protocol, hostname, port, path, query, body: bodyOf(request) };
  const names = ["content-type", "host", "x-amz-target", "x-amzn-query-mode", "x-amz-security-token"];
  const scope = /Credential=[^,]+/.exec(headers["authorization"] ?? "")?.[0];
  return { ...target, scope, headers: names.map((name) => headers[name]) };
};

const key = { pk: { S: "é\ud800\u2028" } };
const message = {
  QueueUrl: "https://sqs.eu-west-1.amazonaws.com/1/q",
  MessageBody: "é",
  DelaySeconds: undefined,
};
const email = {
  Destinations: ["a@b"],
  RawMessage: { Data: Buffer.from("Subject: é") },
  ConfigurationSetName: "set",
  Tags: [{ Name: "kind", Value: "login" }],
};
const entry = { EventBusName: "bus", Source: "s", DetailType: "t", Detail: "{}", Resources: ["evt_é"] };
const secret = { SecretId: "id", SecretString: "text", ClientRequestToken: "token" };
const transaction = {
  TransactItems: [{ Delete: { TableName: "Table", Key: key } }],
  ClientRequestToken: "token",
};

/** Each gets the options of the SDK's own client, or those of a lean one. */
const senders: Record<string, (own: object, isLean: boolean) => Promise<unknown>> = {
  item: (own, isLean) => {
    const client = new DynamoDBClient({ ...(isLean && leanJsonOptions), ...own });
    return (isLean ? lean(client) : client).send(new GetItemCommand({ TableName: "Table", Key: key }));
  },
  transaction: (own, isLean) => {
    const client = new DynamoDBClient({ ...(isLean && leanJsonOptions), ...own });
    return (isLean ? lean(client) : client).send(new TransactWriteItemsCommand(transaction));
  },
  message: (own, isLean) => {
    const client = new SQSClient({ ...(isLean && leanJsonOptions), ...own });
    return (isLean ? lean(client) : client).send(new SendMessageCommand(message));
  },
  queue: (own, isLean) => {
    const client = new SQSClient({ ...(isLean && leanJsonOptions), ...own });
    return (isLean ? lean(client) : client).send(new GetQueueUrlCommand({ QueueName: "q" }));
  },
  secret: (own, isLean) => {
    const client = new SecretsManagerClient({ ...(isLean && leanJson1_1Options), ...own });
    return (isLean ? lean(client) : client).send(new PutSecretValueCommand(secret));
  },
  events: (own, isLean) => {
    const client = new EventBridgeClient({ ...(isLean && leanJson1_1Options), ...own });
    return (isLean ? lean(client) : client).send(new PutEventsCommand({ Entries: [entry] }));
  },
  records: (own, isLean) => {
    const client = new DynamoDBStreamsClient({ ...(isLean && leanJsonOptions), ...own });
    return (isLean ? lean(client) : client).send(new GetRecordsCommand({ ShardIterator: "1", Limit: 3 }));
  },
  suppression: (own, isLean) => {
    const client = new SESv2Client({ ...(isLean && leanOptions), ...own });
    const EmailAddress = "ada+tag@example.com";
    return (isLean ? lean(client) : client).send(new DeleteSuppressedDestinationCommand({ EmailAddress }));
  },
  email: (own, isLean) => {
    const client = new SESClient({ ...(isLean && leanOptions), ...own });
    return (isLean ? lean(client) : client).send(new SendRawEmailCommand(email));
  },
};

const stub = (settings: Record<string, string>) => {
  onTestFinished(() => void vi.unstubAllEnvs());
  const given = {
    AWS_ACCESS_KEY_ID: "AKIATEST",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_SESSION_TOKEN: "session",
  };
  const none = { AWS_CONFIG_FILE: "/dev/null", AWS_SHARED_CREDENTIALS_FILE: "/dev/null" };
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries({ ...given, ...none, ...settings })) vi.stubEnv(name, value);
};

describe("request of a lean client", () => {
  it.each([
    { AWS_REGION: "eu-west-1" },
    { AWS_REGION: "cn-north-1" },
    { AWS_REGION: "us-gov-west-1", AWS_USE_FIPS_ENDPOINT: "true", AWS_USE_DUALSTACK_ENDPOINT: "true" },
    { AWS_REGION: "eu-west-1", AWS_ACCOUNT_ID: "123456789012" },
    { AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL: "http://[::1]:4566" },
    { AWS_REGION: "eu-west-1", AWS_ENDPOINT_URL: "http://localhost:4566/a/b" },
    {
      AWS_REGION: "eu-west-1",
      AWS_ENDPOINT_URL_DYNAMODB: "https://a.test/b/",
      AWS_ENDPOINT_URL_SQS: "https://c.test",
    },
  ])("is the SDK's with %o", async (settings) => {
    // The SDK warns of queues at another endpoint.
    const warn = vi.spyOn(console, "warn").mockReturnValue();
    onTestFinished(() => warn.mockRestore());
    stub(settings);
    for (const [name, send] of Object.entries(senders)) {
      const [expected, actual] = [
        await sentBy((own) => send(own, false)),
        await sentBy((own) => send(own, true)),
      ];
      expect({ name, ...described(actual) }).toEqual({ name, ...described(expected) });
      expect(described(actual)?.scope).toBeDefined();
    }
  });

  it("repeats its token, which makes retries safe", async () => {
    stub({ AWS_REGION: "eu-west-1" });
    const tokens: string[] = [];
    const handle = (request: HttpRequest) => {
      const statusCode =
        tokens.push(JSON.parse(String(request.body)).ClientRequestToken) % 2 === 1 ? 500 : 200;
      return Promise.resolve({ response: { statusCode, headers: {}, body: Buffer.from("{}") } });
    };
    const requestHandler = { handle };
    const client = lean(new DynamoDBClient({ ...leanJsonOptions, requestHandler }));
    const secrets = lean(new SecretsManagerClient({ ...leanJson1_1Options, requestHandler }));
    for (let call = 0; call < 2; call += 1) {
      await client.send(new TransactWriteItemsCommand({ ...transaction, ClientRequestToken: undefined }));
      await secrets.send(new PutSecretValueCommand({ ...secret, ClientRequestToken: undefined }));
    }
    await client.send(new TransactWriteItemsCommand(transaction));
    const pairs = [0, 2, 4, 6, 8].map((first) => tokens.slice(first, first + 2));
    expect(pairs.map(([first]) => [first, first])).toEqual(pairs);
    expect(new Set(tokens).size).toBe(5);
    expect(tokens[8]).toBe(transaction.ClientRequestToken);
  });
});
