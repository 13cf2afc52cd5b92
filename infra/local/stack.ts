/** Runs synthesised templates on this machine, and stops without leaving a process. */
import { availableParallelism } from "node:os";
import type { CallCounts } from "./aws-endpoint/call-counter.ts";
import { loadApi } from "./gateway/api-definition.ts";
import { type CleanUp, createCleanUp } from "./clean-up.ts";
import { announce, lockDataDirectory } from "./data-directory.ts";
import type { Engine } from "./engines/dynamodb-engine.ts";
import { startEdge } from "./aws-endpoint/aws-endpoint.ts";
import type { Outcome } from "./lambda/execution-environment.ts";
import { loadEventSourceMappings } from "./lambda/event-source-mapping.ts";
import type { Faults } from "./aws-endpoint/faults.ts";
import { createFunctionPool, type FunctionPool } from "./lambda/function-pool.ts";
import { loadFunctions } from "./lambda/function-definitions.ts";
import { startEngines } from "./engines/start-engines.ts";
import { startGateway } from "./gateway/gateway-server.ts";
import { loadGatewayResponses } from "./gateway/default-responses.ts";
import { openLetters } from "./mailbox/mailbox-files.ts";
import { openLogs, type OnLog } from "./function-logs.ts";
import { createOwnPages } from "./mailbox/runner-pages.ts";
import { region } from "./aws/local-account.ts";
import { loadPolicies } from "./aws-endpoint/iam-policy.ts";
import { type Poller, startPoller } from "./lambda/queue-poller.ts";
import { startQueues, type Queues } from "./engines/sqs-engine.ts";
import { createRotation } from "./secrets/secret-rotation.ts";
import { openSecrets } from "./secrets/secrets-manager.ts";
import { createTables } from "./engines/create-tables.ts";
import { loadTemplates, type StackTemplate } from "./cloudformation/templates.ts";
import { runTriggers } from "./lambda/deployment-triggers.ts";

export type StackOptions = {
  templates: readonly StackTemplate[];
  /** 0: any free one. */
  port: number;
  dataDirectory: string;
  engine?: Engine;
  concurrencyPerFunction?: number;
  /**
   * For tests of failures: a queue gives back what its consumer failed at so soon, not after its visibility timeout. Not 0:
   * fauxqs loses what becomes visible at once.
   */
  returnFailedAfterSeconds?: number;
  onLog?: OnLog;
};
export type Stack = {
  url: string;
  inboxUrl: string;
  dataDirectory: string;
  lettersFolder: string;
  engine: Engine;
  /** The AWS endpoint that functions see, and credentials that may do everything there. */
  endpoint: { url: string; region: string; accessKeyId: string; secretAccessKey: string };
  /** The bare engine, without the edge before it. */
  storeUrl: string;
  /** `<stack>.<name>` → value. */
  outputs: Record<string, string>;
  faults: Faults;
  calls: () => CallCounts;
  resetCalls: () => void;
  /** By the construct's name. */
  invoke: (functionLabel: string, event: unknown) => Promise<Outcome>;
  inspectQueue: Queues["inspectQueue"];
  /** Environments by function, and the engine. */
  processes: () => { engine: number; functions: Record<string, number[]> };
  /** New code for these bundle folders (all, if none is named): the next call starts a fresh environment. */
  replaceEnvironments: (codeFolders?: readonly string[]) => void;
  stop: () => Promise<void>;
};

/** One more than can compute at a time: more would only get in each other's way, each with cold code of its own. */
const defaultConcurrency = Math.max(3, availableParallelism() + 1);

export const startStack = async (options: StackOptions): Promise<Stack> => {
  const cleanUp = createCleanUp();
  try {
    return await start(options, cleanUp);
  } catch (error) {
    await cleanUp.run();
    throw error;
  }
};

const start = async (options: StackOptions, cleanUp: CleanUp): Promise<Stack> => {
  const { templates: stacks, port, dataDirectory, engine, concurrencyPerFunction, onLog } = options;
  const { returnFailedAfterSeconds } = options;
  const { unlock } = lockDataDirectory(dataDirectory);
  cleanUp.add(unlock);
  // The first that can be refused, and the address belongs to us before anything slow begins.
  const gateway = await startGateway(port);
  cleanUp.add(gateway.stop);
  const edge = await startEdge();
  cleanUp.add(edge.stop);

  const templates = loadTemplates(stacks, edge.url);
  const [store, queues] = await startEngines(
    dataDirectory,
    engine,
    () => startQueues(templates, dataDirectory),
    cleanUp,
  );
  await createTables(templates, store.url);
  const letters = openLetters(dataDirectory);
  const secrets = openSecrets(templates, dataDirectory);
  const policies = loadPolicies(templates);
  const rotateSecret = createRotation(templates, (reference, event) => invoke(reference, event));
  edge.connect({
    storeUrl: store.url,
    queuesUrl: queues.url,
    secrets,
    rotateSecret,
    letters,
    policies,
    replaceEnvironments: (reference) => poolOf(reference).replace(),
  });

  const logs = openLogs(dataDirectory, onLog);
  cleanUp.add(logs.close);
  const pools = loadFunctions(templates).map((definition) => {
    const { label: caller, role, reservedConcurrency = Infinity } = definition;
    const accessKeyId = edge.admit({ caller, role });
    return createFunctionPool(definition, {
      limit: Math.min(concurrencyPerFunction ?? defaultConcurrency, reservedConcurrency),
      credentials: { endpointUrl: edge.url, accessKeyId },
      onLog: logs.open(caller),
    });
  });
  const pollers: Poller[] = [];
  // Together: a poller waits for its function, which may take long.
  cleanUp.add(() => Promise.all([...pollers, ...pools].map((one) => one.stop())));
  const poolOf = (reference: string): FunctionPool => {
    const pool = pools.find(({ definition: { arn, name, label } }) => [arn, name, label].includes(reference));
    if (pool === undefined) throw new Error(`the templates have no function ${reference}`);
    return pool;
  };
  const invoke = (reference: string, event: unknown) => poolOf(reference).invoke(event);

  await runTriggers(templates, invoke);
  for (const mapping of loadEventSourceMappings(templates, edge.url)) {
    const { definition, invoke: consume } = poolOf(mapping.functionName);
    const caller = `${definition.label}Poller`;
    edge.admit({ caller, role: definition.role });
    const onError = (message: string) => onLog?.(caller, JSON.stringify({ level: "ERROR", message }));
    pollers.push(
      startPoller(mapping, {
        edgeUrl: edge.url,
        caller,
        invoke: consume,
        returnFailedAfterSeconds,
        onError,
      }),
    );
  }

  gateway.serve({
    api: loadApi(templates),
    responses: loadGatewayResponses(templates),
    invoke,
    ownPages: createOwnPages(letters),
  });

  const endpoint = {
    url: edge.url,
    region,
    accessKeyId: edge.admit({ caller: "Runner" }),
    secretAccessKey: "local",
  };
  const functionNames = pools.map(({ definition }) => definition.name);
  cleanUp.add(announce(dataDirectory, { endpoint, outputs: templates.outputs(), functionNames }));

  return {
    url: gateway.url,
    inboxUrl: `${gateway.url}/_inbox/`,
    dataDirectory,
    lettersFolder: letters.folder,
    engine: store.engine,
    endpoint,
    storeUrl: store.url,
    outputs: templates.outputs(),
    faults: edge.faults,
    calls: edge.calls,
    resetCalls: edge.reset,
    invoke,
    inspectQueue: queues.inspectQueue,
    processes: () => ({
      engine: store.pid,
      functions: Object.fromEntries(pools.map((pool) => [pool.definition.label, pool.pids()])),
    }),
    replaceEnvironments: (codeFolders) => {
      for (const pool of pools) {
        if (codeFolders === undefined || codeFolders.includes(pool.definition.codeFolder)) pool.replace();
      }
    },
    stop: cleanUp.run,
  };
};
