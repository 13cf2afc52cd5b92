import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendRawEmailCommand, SESClient } from "@aws-sdk/client-ses";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { lean, leanJsonOptions, leanOptions, openConnection } from "../../../shared/platform/aws-client.ts";
import { attemptMilliseconds, requestHandler } from "../../../shared/platform/aws-http.ts";

const region = "us-east-1";
const credentials = { accessKeyId: "AKIATEST", secretAccessKey: "test" };

const listening = async (server: Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
};

type Answer = { status?: number; body: string; hangUp?: boolean };

/** Answers with `answers` in order, and then again with the last one. */
const startService = async (...answers: [Answer, ...Answer[]]) => {
  const requests: { line: string; headers: IncomingHttpHeaders; body: string }[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const {
        status = 200,
        body,
        hangUp,
      } = answers[Math.min(requests.length, answers.length - 1)] ?? answers[0];
      const line = `${request.method} ${request.url}`;
      requests.push({ line, headers: request.headers, body: Buffer.concat(chunks).toString() });
      if (hangUp && body === "") request.socket.destroy();
      else response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
      if (hangUp) response.write(body, () => request.socket.destroy());
      if (hangUp) return;
      // Splits the bytes of a character.
      const bytes = Buffer.from(body);
      response.write(bytes.subarray(0, bytes.indexOf(0xc3) + 1));
      response.end(bytes.subarray(bytes.indexOf(0xc3) + 1));
    });
  });
  const endpoint = `http://127.0.0.1:${await listening(server)}`;
  server.on("connection", () => (connections += 1));
  return { requests, endpoint, connections: () => connections };
};

const clientOf = (endpoint: string, options: object = {}) =>
  lean(new DynamoDBClient({ ...leanJsonOptions, region, credentials, endpoint, ...options }));

const getItem = () => new GetItemCommand({ TableName: "Table", Key: { pk: { S: "é" } } });
const found = { body: '{"Item":{"pk":{"S":"é"}}}' };

const common = [
  "deserializerMiddleware",
  "endpointV2Middleware",
  "hostHeaderMiddleware",
  "httpAuthSchemeMiddleware",
  "httpSigningMiddleware",
  "recursionDetectionMiddleware",
  "retryMiddleware",
  "serializerMiddleware",
];
const options = { region, credentials };
const email = { RawMessage: { Data: Buffer.from("") } };

describe("lean client", () => {
  it("keeps only the middleware that it needs", () => {
    const dynamoDb = lean(new DynamoDBClient({ ...leanJsonOptions, ...options }));
    const getItem = new GetItemCommand({ TableName: "Table", Key: {} });
    getItem.resolveMiddleware(dynamoDb.middlewareStack, dynamoDb.config, {});
    const sqs = lean(new SQSClient({ ...leanJsonOptions, ...options }));
    const sendMessage = new SendMessageCommand({ QueueUrl: "", MessageBody: "" });
    sendMessage.resolveMiddleware(sqs.middlewareStack, sqs.config, {});
    const ses = lean(new SESClient({ ...leanOptions, ...options }));
    const sendEmail = new SendRawEmailCommand(email);
    sendEmail.resolveMiddleware(ses.middlewareStack, ses.config, {});
    const secrets = lean(new SecretsManagerClient({ ...leanOptions, ...options }));
    const getSecret = new GetSecretValueCommand({ SecretId: "" });
    getSecret.resolveMiddleware(secrets.middlewareStack, secrets.config, {});

    const namesIn = (stack: { identify: () => string[] }) =>
      stack
        .identify()
        .map((name) => name.replace(/ .*/, ""))
        .toSorted();
    expect(namesIn(dynamoDb.middlewareStack.concat(getItem.middlewareStack))).toEqual(common);
    expect(namesIn(ses.middlewareStack.concat(sendEmail.middlewareStack))).toEqual(common);
    expect(namesIn(secrets.middlewareStack.concat(getSecret.middlewareStack))).toEqual(common);
    expect(namesIn(sqs.middlewareStack.concat(sendMessage.middlewareStack))).toEqual(
      [...common, "queueUrlMiddleware", "sendMessageMiddleware"].toSorted(),
    );
  });

  it("sends and reads what the service does", async () => {
    const { requests, endpoint } = await startService(found);
    const { Item, $metadata } = await clientOf(endpoint).send(getItem());
    expect(Item).toEqual({ pk: { S: "é" } });
    expect($metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 });
    expect(JSON.parse(requests[0]?.body ?? "")).toEqual({ TableName: "Table", Key: { pk: { S: "é" } } });
    expect(requests[0]?.headers).toMatchObject({
      "x-amz-target": "DynamoDB_20120810.GetItem",
      "content-type": "application/x-amz-json-1.0",
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d{8}\/us-east-1\/dynamodb\//,
      ),
    });
  });

  it("reads an empty answer as one without members", async () => {
    const { endpoint } = await startService({ body: "" });
    const { $metadata, ...members } = await clientOf(endpoint).send(getItem());
    expect([$metadata.attempts, members]).toEqual([1, {}]);
  });

  it("passes on the trace that detects recursion", async () => {
    const { requests, endpoint } = await startService(found);
    const client = clientOf(endpoint);
    for (const trace of ["Root=1-1", "Root=1-2"]) {
      vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "function");
      vi.stubEnv("_X_AMZN_TRACE_ID", trace);
      await client.send(getItem());
    }
    vi.unstubAllEnvs();
    expect(requests.map(({ headers }) => headers["x-amzn-trace-id"])).toEqual(["Root=1-1", "Root=1-2"]);
  });

  it("throws the errors of the SDK", async () => {
    const type = "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException";
    const body = JSON.stringify({ __type: type, message: "failed", Item: { pk: { S: "é" } } });
    const { endpoint } = await startService({ status: 400, body });
    const error: unknown = await clientOf(endpoint)
      .send(new UpdateItemCommand({ TableName: "Table", Key: {} }))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConditionalCheckFailedException);
    expect(error).toMatchObject({ Item: { pk: { S: "é" } }, $metadata: { httpStatusCode: 400 } });
  });

  it.each([
    { fault: "throttling", answer: { status: 400, body: '{"__type":"ThrottlingException"}' } },
    { fault: "a server error", answer: { status: 500, body: "{}" } },
    { fault: "a lost connection", answer: { body: "", hangUp: true } },
    { fault: "half an answer", answer: { body: '{"Item":{', hangUp: true } },
  ])("retries after $fault", async ({ answer }) => {
    const { requests, endpoint } = await startService(answer, found);
    const { Item, $metadata } = await clientOf(endpoint).send(getItem());
    expect([Item, $metadata.attempts, requests.length]).toEqual([{ pk: { S: "é" } }, 2, 2]);
  });

  it("asks for new credentials when they expire", async () => {
    const { requests, endpoint } = await startService(found);
    let given = 0;
    const client = clientOf(endpoint, {
      credentials: async () => {
        given += 1;
        return { ...credentials, accessKeyId: `AKIA${given}`, expiration: new Date() };
      },
    });
    for (let call = 0; call < 3; call += 1) await client.send(getItem());
    const used = requests.map(({ headers }) => /AKIA\d+/.exec(headers.authorization ?? "")?.[0]);
    expect(new Set(used).size).toBe(3);
  });
});

describe("opening of a connection", () => {
  it("only asks for the health, and serves the next call", async () => {
    const { requests, endpoint, connections } = await startService(found);
    const client = clientOf(endpoint);
    await openConnection(client, getItem());
    expect(requests).toMatchObject([{ line: "GET /ping", body: "" }]);
    expect(requests[0]?.headers).not.toHaveProperty("authorization");
    await client.send(getItem());
    expect([requests.length, connections()]).toEqual([2, 1]);
  });
});

describe("request handler", () => {
  const silent = () => listening(createTcpServer(() => {}));
  const request = (protocol: string, port: number) => ({
    protocol,
    hostname: "127.0.0.1",
    port,
    method: "POST",
    path: "/",
    query: {},
    headers: {},
    body: "{}",
  });

  it("reaches an IPv6 address", async () => {
    const server = createServer((_, response) => response.end("{}"));
    const mapped = { ...request("http:", await listening(server)), hostname: "[::ffff:127.0.0.1]" };
    const { response } = await requestHandler.handle(mapped);
    expect([response.statusCode, String(response.body)]).toEqual([200, "{}"]);
  });

  it.each([
    { what: "answer", protocol: "http:" },
    { what: "connection", protocol: "https:" },
  ])("gives up without any $what", async ({ what, protocol }) => {
    const exchange = requestHandler.handle(request(protocol, await silent()));
    await expect(exchange).rejects.toMatchObject({
      name: "TimeoutError",
      message: expect.stringMatching(`^no ${what} within`),
    });
  });

  it("gives up an endless answer, which a command waits for", async () => {
    const dripping = async (bytes: number) => {
      const server = createServer((_, response) => {
        let left = bytes;
        const timer = setInterval(() => {
          left -= 1;
          if (left > 0) response.write(" ");
          else response.end("{}");
        }, 100);
        response.on("close", () => clearInterval(timer));
      });
      return request("http:", await listening(server));
    };
    const patient = requestHandler.handle(await dripping(attemptMilliseconds / 100 + 3));
    vi.stubEnv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    const started = performance.now();
    const endless = requestHandler.handle(await dripping(1_000_000));
    await expect(endless).rejects.toMatchObject({ name: "TimeoutError" });
    expect(performance.now() - started).toBeGreaterThan(attemptMilliseconds - 50);
    vi.unstubAllEnvs();
    expect((await patient).response.statusCode).toBe(200);
  });

  it("keeps a service's hint to wait from the SDK, which would obey", async () => {
    const server = createServer((_, response) => {
      response.writeHead(503, { "retry-after": "30", "x-amz-retry-after": "30000", "x-other": "1" }).end();
    });
    const { response } = await requestHandler.handle(request("http:", await listening(server)));
    expect(Object.keys(response.headers).filter((name) => /retry|other/.test(name))).toEqual(["x-other"]);
  });
});
