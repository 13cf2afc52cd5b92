// A web page may know every port of this machine. These are the requests that it can make.
import { DynamoDBClient, PutItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { statSync, readFileSync } from "node:fs";
import { request, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import path from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hiddenHost } from "../../infra/local/engines/free-port.ts";
import { NoEngineError, type EngineName } from "../../infra/local/engines/dynamodb-engine.ts";
import { isLoopback } from "../../infra/local/aws/foreign-requests.ts";
import type { Mailbox } from "../../infra/local/mailbox/mailbox-files.ts";
import { createRunnerPages } from "../../infra/local/mailbox/runner-pages.ts";
import type { Stack } from "../../infra/local/stack.ts";
import { listening } from "../support/stacks/listening.ts";
import { descendants } from "./fixtures/processes.ts";
import { act, clientAs, dispose, startFixtureStack, temporaryFolder } from "./fixtures/use-stack.ts";

const origin = "https://evil.example";
const foreignHost = "evil.example";
/** Earlier versions admitted this key in every run. */
const guessedKey = "LOCALRunner";

type Asked = { port: number; host?: string; method?: string; path?: string; body?: string };
type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

const ask = (
  { port, host = "127.0.0.1", method = "POST", path = "/", body = "" }: Asked,
  headers: OutgoingHttpHeaders,
) =>
  new Promise<Answer>((resolve, reject) => {
    const outgoing = request({ host, port, method, path, headers }, (incoming) => {
      text(incoming).then(
        (answered) =>
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: answered }),
        reject,
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });

const awsCall = (target: string, service: string, accessKeyId: string): OutgoingHttpHeaders => ({
  "content-type": "application/x-amz-json-1.0",
  "x-amz-target": target,
  "x-amz-date": "20260101T000000Z",
  authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=local`,
});
const listTables = (accessKeyId: string) => awsCall("DynamoDB_20120810.ListTables", "dynamodb", accessKeyId);
const preflight = {
  origin,
  "access-control-request-method": "POST",
  "access-control-request-headers": "authorization,content-type,x-amz-target,x-amz-date",
};
const form = { origin, "content-type": "application/x-www-form-urlencoded" };

const engines: EngineName[] = ["dynoxide", "dynamodb-local"];

describe.each(engines)("foreign page with %s", (engine) => {
  let stack: Stack | undefined;
  beforeAll(async () => {
    try {
      stack = await startFixtureStack({ engine });
    } catch (error) {
      if (!(error instanceof NoEngineError)) throw error;
    }
  });
  afterAll(async () => {
    if (stack) await dispose(stack);
  });
  const running = (skip: (note: string) => never): Stack => stack ?? skip(`${engine} cannot run here`);

  /** All sockets of the stack but the gateway's: its CORS belongs to the product. */
  const sockets = (of: Stack) =>
    listening([process.pid, ...descendants(process.pid)]).filter(
      ({ port }) => port !== Number(new URL(of.url).port),
    );
  const ownPorts = (of: Stack) => sockets(of).filter(({ pid }) => pid === process.pid);
  const engineSocket = (of: Stack) => {
    const [socket, ...more] = sockets(of).filter(({ pid }) => pid !== process.pid);
    if (socket === undefined || more.length > 0) throw new Error("the engine has not one socket");
    return socket;
  };

  it("gets no CORS from any port at 127.0.0.1", async ({ skip }) => {
    const all = sockets(running(skip));
    expect(all.length).toBeGreaterThanOrEqual(3);
    const reachable = all.filter(({ host }) => ["127.0.0.1", "0.0.0.0", "::"].includes(host));
    expect(reachable.length).toBeGreaterThanOrEqual(2);
    for (const { port } of reachable) {
      const answers = [
        await ask({ port, method: "OPTIONS" }, preflight),
        await ask({ port, body: "Action=ListTopics&Version=2010-03-31" }, form),
        await ask({ port, body: "{}" }, { origin, ...listTables(guessedKey) }),
      ];
      for (const { headers } of answers) expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
  });

  it("is refused by endpoint and queues in every form", async ({ skip }) => {
    const ports = ownPorts(running(skip));
    expect(ports).toHaveLength(2);
    for (const { port, host } of ports) {
      expect(host).toBe("127.0.0.1");
      const answers = [
        await ask({ port, method: "OPTIONS" }, preflight),
        await ask({ port, body: "Action=ListTopics&Version=2010-03-31" }, form),
        await ask({ port, method: "GET", path: "/_fauxqs/queues" }, { host: foreignHost }),
        await ask({ port, method: "GET", path: "/health" }, {}),
        await ask({ port, method: "PUT", path: "/bucket" }, {}),
        await ask({ port, body: "{}" }, awsCall("AmazonSQS.ListQueues", "sqs", guessedKey)),
        await ask({ port, body: "{}" }, awsCall("secretsmanager.GetSecretValue", "secretsmanager", "")),
      ];
      for (const { status } of answers) expect([400, 403]).toContain(status);
    }
  });

  it("finds no engine, or an empty one", async ({ skip }) => {
    const { port, host } = engineSocket(running(skip));
    if (engine === "dynoxide") {
      expect(host).toMatch(/^127\.(?!0\.0\.1$)/);
      await expect(ask({ port, body: "{}" }, listTables(guessedKey))).rejects.toThrow("ECONNREFUSED");
    } else {
      const { body } = await ask({ port, body: "{}" }, listTables(guessedKey));
      expect(JSON.parse(body)).toEqual({ TableNames: [] });
    }
  });

  it("is refused under another host name, even with the key", async ({ skip }) => {
    const { endpoint, accessKeyIdOf } = running(skip);
    const port = Number(new URL(endpoint.url).port);
    expect(accessKeyIdOf("Runner")).toBe(endpoint.accessKeyId);
    const headers = listTables(endpoint.accessKeyId);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
      const { status, body } = await ask({ port, body: "{}" }, { ...headers, host });
      expect({ status, body }).toMatchObject({ status: 200, body: expect.stringContaining("data-Items") });
    }
    const refused = [
      foreignHost,
      `${foreignHost}:${port}`,
      "127.0.0.1",
      "localhost",
      `127.0.0.1:${port - 1}`,
    ];
    for (const host of [...refused, `localhost.evil.example:${port}`, `127.0.0.1.evil.example:${port}`]) {
      const { status, body } = await ask({ port, body: "{}" }, { ...headers, host });
      expect({ host, status }).toEqual({ host, status: 403 });
      expect(body).not.toContain("data-Items");
    }
  });
});

describe("keys of a run", () => {
  it("differ between runs, and in the owner's file only", async () => {
    const first = await startFixtureStack();
    const file = path.join(first.dataDirectory, "stack.json");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).toContain(first.endpoint.accessKeyId);
    const names = ["Runner", "Probe", "ConsumerPoller"];
    const keys = names.map(first.accessKeyIdOf);
    await first.stop();
    const second = await startFixtureStack({ dataDirectory: first.dataDirectory });
    const all = [...keys, ...names.map(second.accessKeyIdOf)];
    expect(new Set(all).size).toBe(6);
    for (const key of all) expect(key).toMatch(/^LOCAL[0-9A-F]{32}$/);
    const port = Number(new URL(second.endpoint.url).port);
    const { status, body } = await ask({ port, body: "{}" }, listTables(first.endpoint.accessKeyId));
    expect({ status, body }).toMatchObject({
      status: 400,
      body: expect.stringContaining("UnrecognizedClient"),
    });
    await dispose(second);
  });

  it("DynamoDB Local finds its items again after a restart", async ({ skip }) => {
    const options = { engine: "dynamodb-local" as const, dataDirectory: temporaryFolder() };
    const item = { TableName: "data-Items", Item: { pk: { S: "kept" } } };
    try {
      const first = await startFixtureStack(options);
      await new DynamoDBClient(clientAs(first)).send(new PutItemCommand(item));
      await first.stop();
    } catch (error) {
      if (error instanceof NoEngineError) skip(error.message);
      throw error;
    }
    expect(statSync(path.join(options.dataDirectory, "tables/dynamodb-local/access-key")).mode & 0o777).toBe(
      0o600,
    );
    const second = await startFixtureStack(options);
    const { Items } = await new DynamoDBClient(clientAs(second)).send(
      new ScanCommand({ TableName: "data-Items" }),
    );
    expect(Items).toEqual([item.Item]);
    await second.stop();
  });

  it("no engine hides where only 127.0.0.1 exists", async () => {
    expect(await hiddenHost(() => "192.0.2.1")).toBeUndefined();
    const hosts = await Promise.all(Array.from({ length: 20 }, () => hiddenHost()));
    expect(new Set(hosts).size).toBe(20);
  });
});

/** On Linux, this is another address than the usual one, and also of this machine. */
const otherHost = "127.0.0.9";

describe("letters and inbox", () => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startFixtureStack({ host: otherHost });
    await act(stack, "email", { to: "ada@example.com", subject: "secret", text: "123 456" });
  });
  afterAll(() => dispose(stack));
  const port = () => Number(new URL(stack.url).port);
  const own = () => ({ host: `127.0.0.1:${port()}` });
  const letters = "/_aws/ses";

  it.each<[string, string, string, OutgoingHttpHeaders]>([
    ["reading by DNS rebinding", "GET", letters, { host: foreignHost }],
    ["the inbox by DNS rebinding", "GET", "/_inbox/", { host: `${foreignHost}:80` }],
    ["the events by DNS rebinding", "GET", "/_events/", { host: foreignHost }],
    ["clearing the events across origins", "DELETE", "/_aws/events", { origin }],
    ["deleting by DNS rebinding", "DELETE", letters, { host: foreignHost }],
    ["reading across origins", "GET", letters, { origin }],
    ["deleting across origins", "DELETE", letters, { origin }],
    ["a report across origins", "POST", `${letters}/any/bounce`, { origin }],
    ["a report by DNS rebinding", "POST", `${letters}/any/complaint`, { host: foreignHost }],
    ["deleting from a sandboxed frame", "DELETE", letters, { origin: "null" }],
    ["deleting from another port", "DELETE", letters, { origin: "http://127.0.0.1:3000" }],
    ["loading as a script", "GET", letters, { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["a preflight", "OPTIONS", letters, { ...preflight, "access-control-request-method": "DELETE" }],
  ])("refuse %s", async (_, method, path, headers) => {
    const refused = await ask({ port: port(), method, path }, { ...own(), ...headers });
    expect(refused.status).toBe(403);
    expect(refused.body).not.toContain("123 456");
    expect(refused.headers["access-control-allow-origin"]).toBeUndefined();
    const kept = await ask({ port: port(), method: "GET", path: letters }, own());
    expect(kept.body).toContain("123 456");
  });

  it.each<[string, string, OutgoingHttpHeaders]>([
    ["curl", letters, {}],
    ["the inbox page", letters, { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }],
    ["the events page", "/_aws/events", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }],
    ["a link to the events", "/_events/", { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" }],
    ["a link to it", "/_inbox/", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }],
    ["the name localhost", letters, { host: "localhost:8000", origin: "http://localhost:8000" }],
  ])("open to %s", async (_, path, headers) => {
    const { status } = await ask({ port: port(), method: "GET", path }, { ...own(), ...headers });
    expect(status).toBe(200);
  });

  it("are not for other machines, and the API is", async () => {
    const pages = createRunnerPages(
      {} as Mailbox,
      () => true,
      () => undefined,
      () => undefined,
    );
    const remote = ["172.17.0.2", "::ffff:192.0.2.7", "fe80::1", "127.0.0.1.evil", "", undefined];
    for (const path of [
      letters,
      "/_inbox/",
      "/_events/",
      "/_aws/events",
      "/_letters/",
      "/_docs/README.md",
      `${letters}/any/bounce`,
    ])
      for (const remoteAddress of remote) {
        const incoming = { method: "GET", headers: own(), socket: { remoteAddress } };
        const { status } = pages(incoming as IncomingMessage, path, new URLSearchParams());
        expect({ path, remoteAddress, status }).toEqual({ path, remoteAddress, status: 403 });
      }
    for (const address of ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"])
      expect(isLoopback(address)).toBe(true);
    const elsewhere = { host: otherHost, port: port(), method: "GET" };
    const named = { host: `host.docker.internal:${port()}` };
    expect((await ask({ ...elsewhere, path: "/things" }, named)).status).toBe(200);
    expect((await ask({ ...elsewhere, path: letters }, named)).status).toBe(403);
  });

  it("listen at the given address and at 127.0.0.1 only", () => {
    const hosts = listening([process.pid]).flatMap((socket) => (socket.port === port() ? [socket.host] : []));
    expect(hosts.toSorted()).toEqual(["127.0.0.1", otherHost]);
  });
});
