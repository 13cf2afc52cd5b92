import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { startDynamoDbEngine } from "../../infra/local/engines/dynamodb-engine.ts";
import { UserError } from "../../infra/user-error.ts";
import { eventually } from "../support/assert/eventually.ts";
import { alive, descendants } from "./fixtures/processes.ts";
import { act, clientAs, startFixtureStack, temporaryFolder } from "./fixtures/use-stack.ts";

const TableName = "data-Items";
const Item = { pk: { S: "kept" } };

describe("local stack", () => {
  it("stops all its processes, even while functions run", async () => {
    const stack = await startFixtureStack({
      alter: ({ service }) => Object.assign(service.Resources["Probe"]?.Properties ?? {}, { Timeout: 60 }),
    });
    await act(stack, "identity");
    const hanging = Promise.allSettled([act(stack, "hang"), act(stack, "hang")]);
    await eventually("two execution environments", () =>
      stack.processes().functions["Probe"]?.length === 2 ? true : undefined,
    );
    const pids = [
      ...Object.values(stack.processes().functions).flat(),
      ...descendants(stack.processes().engine),
    ];
    expect(alive(pids).length).toBeGreaterThanOrEqual(3);
    const startedAt = Date.now();
    await stack.stop();
    await hanging;
    // The stop doesn't wait for the functions that hang.
    expect(Date.now() - startedAt).toBeLessThan(30_000);
    await eventually("the processes to end", () =>
      alive([...pids, stack.processes().engine]).length === 0 ? true : undefined,
    );
    rmSync(stack.dataDirectory, { recursive: true });
  });

  it("stops what it has started when a start fails", async () => {
    const dataDirectory = temporaryFolder();
    const processesBefore = descendants(process.pid);
    const failing = startFixtureStack({
      dataDirectory,
      alter: ({ service }) =>
        Object.assign(service.Resources["Trigger"]?.Properties ?? {}, {
          Environment: { Variables: { FAILS: "yes" } },
        }),
    });
    await expect(failing).rejects.toThrow("The deployment trigger AtDeployment failed");
    expect(descendants(process.pid)).toEqual(processesBefore);
    // The folder can be used again.
    const stack = await startFixtureStack({ dataDirectory });
    await stack.stop();
    rmSync(dataDirectory, { recursive: true });
  });

  it("can be stopped twice", async () => {
    const stack = await startFixtureStack();
    await Promise.all([stack.stop(), stack.stop()]);
    await stack.stop();
    expect(alive([stack.processes().engine])).toEqual([]);
    rmSync(stack.dataDirectory, { recursive: true });
  });

  it("finishes its clean-up when one step fails, and throws the error", async () => {
    const stack = await startFixtureStack();
    const announced = path.join(stack.dataDirectory, "stack.json");
    // Removing this file fails, because it is a folder now.
    rmSync(announced);
    mkdirSync(announced);
    await expect(stack.stop()).rejects.toThrow("stack.json");
    expect(alive([stack.processes().engine])).toEqual([]);
    rmSync(stack.dataDirectory, { recursive: true });
  });

  it("keeps items, messages and secrets across a restart", async () => {
    const dataDirectory = temporaryFolder();
    const readSecret = async (stack: Awaited<ReturnType<typeof startFixtureStack>>) => {
      const SecretId = stack.outputs["data.RandomSecret"];
      return (await new SecretsManagerClient(clientAs(stack)).send(new GetSecretValueCommand({ SecretId })))
        .SecretString;
    };
    const withoutConsumer = {
      dataDirectory,
      alter: ({ service }: { service: { Resources: Record<string, unknown> } }) => {
        delete service.Resources["WorkSource"];
      },
    };
    const first = await startFixtureStack(withoutConsumer);
    await new DynamoDBClient(clientAs(first)).send(new PutItemCommand({ TableName, Item }));
    await new SQSClient(clientAs(first)).send(
      new SendMessageCommand({ QueueUrl: first.outputs["data.WorkUrl"], MessageBody: "waits" }),
    );
    const secret = await readSecret(first);
    await first.stop();

    const second = await startFixtureStack(withoutConsumer);
    const read = await new DynamoDBClient(clientAs(second)).send(
      new GetItemCommand({ TableName, Key: Item }),
    );
    expect(read.Item).toEqual(Item);
    expect(await readSecret(second)).toBe(secret);
    expect(second.inspectQueue("data-Work")?.messages.ready.map(({ body }) => body)).toEqual(["waits"]);
    await second.stop();
    rmSync(dataDirectory, { recursive: true });
  });
});

it("common reasons for a failed start are one sentence each", async () => {
  const dataDirectory = temporaryFolder();
  const stack = await startFixtureStack({ dataDirectory });
  await expect(startFixtureStack({ dataDirectory })).rejects.toThrow(
    /^Another `npm start` uses .*\. Stop it first\.$/,
  );
  await stack.stop();

  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const start = startFixtureStack({ dataDirectory, port });
  await expect(start).rejects.toThrow(`Port ${port} is in use`);
  await expect(start).rejects.toBeInstanceOf(UserError);
  server.close();

  vi.stubEnv("PATH", "/nowhere");
  await expect(startDynamoDbEngine(dataDirectory, "dynamodb-local")).rejects.toThrow("Install Java 17");
  vi.unstubAllEnvs();
  rmSync(dataDirectory, { recursive: true });
});
