// Records, for each function, an event and the answers of AWS while it was handled. The steps run
// on an embedded stack, but the first call of each operation is answered by a process of its own,
// on the given bundles. The bundles may come from another checkout.
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { freshenBundles } from "../../../../infra/bundling/fresh-bundles.ts";
import { freePort } from "../../../../infra/local/engines/free-port.ts";
import { loadTemplates } from "../../../../infra/local/cloudformation/templates.ts";
import {
  loadFunctions,
  type FunctionDefinition,
} from "../../../../infra/local/lambda/function-definitions.ts";
import { reservedVariables } from "../../../../infra/local/lambda/function-pool.ts";
import { startStack, type Stack } from "../../../../infra/local/stack.ts";
import { grants } from "../../../../infra/grants/grants.ts";
import type { FunctionName } from "../../../../infra/grants/grant.ts";
import { kebabCase, pascalCase } from "../../../../infra/naming.ts";
import { UserError } from "../../../../infra/user-error.ts";
import { contract } from "../../../../shared/contract/contract.ts";
import { templatesAt } from "../../../support/stacks/test-templates.ts";
import { createClient, type Client } from "../load/client.ts";
import { openLetterBox } from "../load/letter-box.ts";
import { createPhases, newPerson, peopleOf } from "../load/phases.ts";
import { eventOf, queueEvent } from "./events.ts";
import type { Case } from "./messages.ts";
import { startFunction, type CannedEndpoint } from "./processes.ts";
import { callRareOperations } from "./rare-operations.ts";

const answered = z.object({
  statusCode: z.number(),
  body: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  multiValueHeaders: z.record(z.string(), z.array(z.string())).default({}),
});

const adminPage = { method: "GET", path: "/admin/" } as const;

/** Those that Lambda would set, with the canned endpoint in place of the stack's. */
const environmentOf = (
  definition: FunctionDefinition,
  { endpoint: { url, accessKeyId } }: Stack,
  endpointUrl: string,
): Record<string, string> => {
  const own = Object.entries(definition.variables).map(([name, value]) => [
    name,
    value.replaceAll(url, endpointUrl),
  ]);
  // The policies are not measured, and the grants of another checkout may differ.
  return { ...Object.fromEntries(own), ...reservedVariables(definition, { endpointUrl, accessKeyId }) };
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

/** Records the first call of each operation, the mailer, the keys' functions and a page. */
const recordAll = async (
  { stack, folder, functions }: { stack: Stack; folder: string; functions: FunctionDefinition[] },
  endpoint: CannedEndpoint,
  bundles: string,
): Promise<Map<string, Case>> => {
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
    if (!cases.has(name)) cases.set(name, recordedCase);
    // The order for the letter was held back, so that the recorded mailer sends it.
    const sent = recordedCase.recorded.find(({ call }) => call.target.endsWith("SendMessage"));
    if (sent !== undefined)
      await record("mailer", queueEvent(order.parse(JSON.parse(sent.call.body)).MessageBody));
    return payload;
  };

  const client = createClient(stack.url);
  const letterBox = openLetterBox(stack.mailboxFolder);
  const callForHeaders: Client["callForHeaders"] = async (name, input) => {
    if (cases.has(name)) return client.callForHeaders(name, input);
    const { statusCode, body, headers, multiValueHeaders } = answered.parse(
      await record(name, eventOf(contract[name], input, host)),
    );
    if (statusCode !== contract[name].success.status)
      throw new Error(`${name} answered ${statusCode}: ${body}`);
    return {
      body: body === "" ? undefined : (JSON.parse(body) as unknown),
      deviceToken: headers["x-device-token"] ?? "",
      cookie: multiValueHeaders["set-cookie"]?.[0]?.split(";")[0] ?? "",
    };
  };
  const recordingClient: Client = {
    ...client,
    call: async (name, input = {}) => (await callForHeaders(name, input)).body,
    callForHeaders,
  };
  try {
    const phases = createPhases(recordingClient, letterBox);
    const everyone = [newPerson(), newPerson()];
    for (const phase of phases.operations)
      for (const person of peopleOf(phase, everyone)) {
        await phase.prepare?.(person);
        await phase.run(person);
      }
    await callRareOperations({ client: recordingClient, phases, letterBox, folder });
    await record("pages", { ...eventOf(adminPage, {}, host), resource: "/admin" });
    await record("createKeys", {});
    const rotation = { ClientRequestToken: randomUUID(), Step: "testSecret" };
    const SecretId = definitionOf("rotateKeys").variables["SIGNING_KEYS_ID"];
    await record("rotateKeys", { ...rotation, SecretId });
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
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-alone-"));
  const port = await freePort();
  const templates = await templatesAt(`http://127.0.0.1:${port}`);
  const dataDirectory = join(folder, ".local");
  const stack = await startStack({ templates, port, dataDirectory, concurrencyPerFunction: 1 });
  try {
    const functions = loadFunctions(loadTemplates(templates, stack.endpoint.url));
    const all: Map<string, Case>[] = [];
    for (const bundles of bundleFolders)
      all.push(await recordAll({ stack, folder, functions }, endpoint, bundles));
    return all;
  } finally {
    await stack.stop();
    rmSync(folder, { recursive: true });
  }
};
