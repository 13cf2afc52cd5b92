// Records, for each function, an event and the answers of AWS while it was handled. The steps of
// `phases.ts` run on an embedded stack, and the function under test runs in a process of its own,
// on the given bundles. The bundles may come from another checkout.
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { freshenBundles } from "../../../../infra/bundling/fresh-bundles.ts";
import { freePort } from "../../../../infra/local/engines/free-port.ts";
import { loadTemplates } from "../../../../infra/local/cloudformation/templates.ts";
import { proxyEvent } from "../../../../infra/local/gateway/proxy-event.ts";
import {
  loadFunctions,
  type FunctionDefinition,
} from "../../../../infra/local/lambda/function-definitions.ts";
import { startStack, type Stack } from "../../../../infra/local/stack.ts";
import { grants } from "../../../../infra/grants/grants.ts";
import type { FunctionName } from "../../../../infra/grants/grant.ts";
import { kebabCase, pascalCase } from "../../../../infra/naming.ts";
import { UserError } from "../../../../infra/user-error.ts";
import { contract, type OperationName } from "../../../../shared/contract/contract.ts";
import { templatesAt } from "../../../support/stacks/test-templates.ts";
import { createClient, type Client } from "../load/client.ts";
import { openLetterBox } from "../load/letter-box.ts";
import { createPhases, newPerson, peopleOf } from "../load/phases.ts";
import type { Case } from "./messages.ts";
import { startFunction, type CannedEndpoint } from "./processes.ts";

const answered = z.object({
  statusCode: z.number(),
  body: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  multiValueHeaders: z.record(z.string(), z.array(z.string())).default({}),
});

type Input = Parameters<Client["callForDevice"]>[1];

type Route = { method: string; path: string };
const adminPage: Route = { method: "GET", path: "/admin/" };

/** The event that the gateway would make of a call. */
const eventOf = ({ method, path }: Route, { body, token, deviceToken }: Input, host: string) => {
  const rawHeaders = [
    ["Host", host],
    ["User-Agent", "bench"],
    ["Content-Type", "application/json"],
    ...(token === undefined ? [] : [["Authorization", `Bearer ${token}`]]),
    ...(deviceToken === undefined ? [] : [["X-Device-Token", deviceToken]]),
  ].flat();
  return proxyEvent(
    {
      requestId: randomUUID(),
      method,
      path,
      query: new URLSearchParams(),
      rawHeaders,
      headers: { host, "user-agent": "bench" },
      sourceIp: "127.0.0.1",
      receivedAt: Date.now(),
      body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
    },
    { resource: path, resourceId: "bench", pathParameters: null },
    { apiId: "bench", stage: "test" },
    false,
  );
};

const queueEvent = (body: string) => ({
  Records: [
    {
      messageId: randomUUID(),
      receiptHandle: "bench",
      body,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: String(Date.now()),
        SenderId: "bench",
        ApproximateFirstReceiveTimestamp: String(Date.now()),
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:bench",
      awsRegion: "us-east-1",
    },
  ],
});

const environmentOf = (
  { variables, name, memoryMegabytes, codeFolder }: FunctionDefinition,
  { endpoint }: Stack,
  endpointUrl: string,
): Record<string, string> => {
  const own = { ...variables };
  for (const [variable, value] of Object.entries(own))
    own[variable] = value.replaceAll(endpoint.url, endpointUrl);
  return {
    ...own,
    AWS_REGION: endpoint.region,
    // The policies are not measured, and the grants of another checkout may differ.
    AWS_ACCESS_KEY_ID: endpoint.accessKeyId,
    AWS_SECRET_ACCESS_KEY: endpoint.secretAccessKey,
    AWS_SESSION_TOKEN: "bench",
    AWS_ENDPOINT_URL: endpointUrl,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_FORMAT: "JSON",
    LAMBDA_TASK_ROOT: codeFolder,
    PATH: "/usr/bin:/bin",
    TZ: ":UTC",
  };
};

const order = z.object({ MessageBody: z.string() });

const recordOne = async (
  stack: Stack,
  endpoint: CannedEndpoint,
  definition: FunctionDefinition,
  { name, bundles, event }: { name: FunctionName; bundles: string; event: unknown },
): Promise<Case & { payload: unknown }> => {
  const bundle = join(bundles, kebabCase(name), "index.mjs");
  if (!existsSync(bundle)) throw new UserError(`${bundle} does not exist`);
  const environment = environmentOf(definition, stack, endpoint.url);
  const { memoryMegabytes } = definition;
  const hashes = "hashes" in grants[name];
  await endpoint.set({ type: "record", stackUrl: stack.endpoint.url });
  const running = await startFunction({ name, bundle, environment, memoryMegabytes });
  try {
    const { payload } = await running.call(event, 1);
    const recorded = await endpoint.take();
    return { name, bundle, environment, memoryMegabytes, hashes, event, recorded, payload };
  } finally {
    await running.stop();
  }
};

/** Records each operation that has a phase, the mailer and a page. */
const recordAll = async (
  stack: Stack,
  endpoint: CannedEndpoint,
  functions: FunctionDefinition[],
  bundles: string,
) => {
  const { host } = new URL(stack.url);
  const cases = new Map<string, Case>();
  const definitionOf = (name: FunctionName) => {
    const found = functions.find(({ label }) => label === pascalCase(name));
    if (found === undefined) throw new Error(`the templates have no function ${name}`);
    return found;
  };
  const record = async (name: FunctionName, event: unknown) => {
    const recording = await recordOne(stack, endpoint, definitionOf(name), { name, bundles, event });
    const { payload, ...recordedCase } = recording;
    cases.set(name, recordedCase);
    // The order for the letter was held back, so that the recorded mailer sends it.
    const sent = recordedCase.recorded.find(({ call }) => call.target.endsWith("SendMessage"));
    if (sent !== undefined)
      await record("mailer", queueEvent(order.parse(JSON.parse(sent.call.body)).MessageBody));
    return payload;
  };

  const client = createClient(stack.url);
  const letterBox = openLetterBox(stack.mailboxFolder);
  let underTest: OperationName | undefined;
  const answerOf = async (name: OperationName, input: Input, status: number) => {
    const { statusCode, body, headers } = answered.parse(
      await record(name, eventOf(contract[name], input, host)),
    );
    if (statusCode !== status) throw new Error(`${name} answered ${statusCode}: ${body}`);
    return {
      body: body === "" ? undefined : (JSON.parse(body) as unknown),
      deviceToken: headers["x-device-token"] ?? "",
    };
  };
  const statusOf = (name: OperationName) => contract[name].success.status;
  const recordingClient: Client = {
    ...client,
    call: async (name, input = {}) =>
      name === underTest ? (await answerOf(name, input, statusOf(name))).body : client.call(name, input),
    callForDevice: async (name, input) =>
      name === underTest ? answerOf(name, input, statusOf(name)) : client.callForDevice(name, input),
  };
  try {
    const { operations } = createPhases(recordingClient, letterBox);
    const everyone = [newPerson(), newPerson()];
    for (const phase of operations)
      for (const [index, person] of peopleOf(phase, everyone).entries()) {
        if (phase.prepare) await phase.prepare(person);
        const isFirst = index === 0 && Object.hasOwn(contract, phase.name);
        underTest = isFirst ? (phase.name as OperationName) : undefined;
        await phase.run(person);
        underTest = undefined;
      }
    await record("pages", { ...eventOf(adminPage, {}, host), resource: "/admin" });
  } finally {
    letterBox.close();
    client.close();
  }
  return cases;
};

/** Returns the cases by function, for each folder of bundles. */
export const recordCases = async (
  endpoint: CannedEndpoint,
  bundleFolders: readonly string[],
): Promise<Map<string, Case>[]> => {
  await freshenBundles();
  const dataDirectory = mkdtempSync(join(tmpdir(), "lit-auth-alone-"));
  const port = await freePort();
  const templates = await templatesAt(`http://127.0.0.1:${port}`);
  const stack = await startStack({ templates, port, dataDirectory, concurrencyPerFunction: 1 });
  try {
    const functions = loadFunctions(loadTemplates(templates, stack.endpoint.url));
    const all: Map<string, Case>[] = [];
    for (const bundles of bundleFolders) all.push(await recordAll(stack, endpoint, functions, bundles));
    return all;
  } finally {
    await stack.stop();
    rmSync(dataDirectory, { recursive: true });
  }
};
