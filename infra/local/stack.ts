/** Runs synthesised templates on this machine, and stops without leaving a process. */
import { availableParallelism } from "node:os";
import type { CallCounts } from "./aws-endpoint/call-counter.ts";
import { loadApi } from "./gateway/api-definition.ts";
import { type CleanUp, createCleanUp } from "./clean-up.ts";
import { announceStack, lockDataDirectory } from "./data-directory.ts";
import type { EngineName } from "./engines/dynamodb-engine.ts";
import { startAwsEndpoint } from "./aws-endpoint/aws-endpoint.ts";
import type { Outcome } from "./lambda/execution-environment.ts";
import { loadEventSourceMappings } from "./lambda/event-source-mapping.ts";
import type { Faults } from "./aws-endpoint/faults.ts";
import { createFunctionPool, type FunctionPool } from "./lambda/function-pool.ts";
import { loadFunctions } from "./lambda/function-definitions.ts";
import { startEngines } from "./engines/start-engines.ts";
import { startGateway } from "./gateway/gateway-server.ts";
import { loadGatewayResponses } from "./gateway/default-responses.ts";
import { openMailbox } from "./mailbox/mailbox-files.ts";
import { openFunctionLogs, type OnLog } from "./function-logs.ts";
import { createRunnerPages } from "./mailbox/runner-pages.ts";
import { region } from "./aws/local-account.ts";
import { loadPolicies } from "./aws-endpoint/iam-policy.ts";
import { type Poller, startQueuePoller } from "./lambda/queue-poller.ts";
import { startSqsEngine, type SqsEngine } from "./engines/sqs-engine.ts";
import { createSecretRotation } from "./secrets/secret-rotation.ts";
import { openSecretsManager } from "./secrets/secrets-manager.ts";
import { createTables } from "./engines/create-tables.ts";
import { loadTemplates, type StackTemplate } from "./cloudformation/templates.ts";
import { runDeploymentTriggers } from "./lambda/deployment-triggers.ts";

export type StackOptions = {
  templates: readonly StackTemplate[];
  /** 0: any free one. */
  port: number;
  dataDirectory: string;
  engine?: EngineName;
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
  mailboxFolder: string;
  engine: EngineName;
  /** The AWS endpoint that functions see, and credentials that may do everything there. */
  endpoint: { url: string; region: string; accessKeyId: string; secretAccessKey: string };
  /** The bare DynamoDB engine, without the AWS endpoint before it. */
  engineUrl: string;
  /** `<stack>.<name>` → value. */
  outputs: Record<string, string>;
  faults: Faults;
  calls: () => CallCounts;
  resetCalls: () => void;
  /** By the construct's name. */
  invoke: (functionLabel: string, event: unknown) => Promise<Outcome>;
  inspectQueue: SqsEngine["inspectQueue"];
  /** Execution environments by function, and the DynamoDB engine. */
  processes: () => { engine: number; functions: Record<string, number[]> };
  /** New code for these bundle folders (all, if none is named): the next call starts a fresh execution environment. */
  replaceExecutionEnvironments: (codeFolders?: readonly string[]) => void;
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
  const awsEndpoint = await startAwsEndpoint();
  cleanUp.add(awsEndpoint.stop);

  const templates = loadTemplates(stacks, awsEndpoint.url);
  const [dynamoDb, queues] = await startEngines(
    dataDirectory,
    engine,
    () => startSqsEngine(templates, dataDirectory),
    cleanUp,
  );
  await createTables(templates, dynamoDb.url);
  const mailbox = openMailbox(dataDirectory);
  const secrets = openSecretsManager(templates, dataDirectory);
  const policies = loadPolicies(templates);
  const rotateSecret = createSecretRotation(templates, (reference, event) => invoke(reference, event));
  awsEndpoint.connect({
    engineUrl: dynamoDb.url,
    queuesUrl: queues.url,
    secrets,
    rotateSecret,
    mailbox,
    policies,
    replaceExecutionEnvironments: (reference) => poolOf(reference).replace(),
  });

  const logs = openFunctionLogs(dataDirectory, onLog);
  cleanUp.add(logs.close);
  const pools = loadFunctions(templates).map((definition) => {
    const { label, role, reservedConcurrency = Infinity } = definition;
    const accessKeyId = awsEndpoint.admit({ name: label, role });
    return createFunctionPool(definition, {
      limit: Math.min(concurrencyPerFunction ?? defaultConcurrency, reservedConcurrency),
      credentials: { endpointUrl: awsEndpoint.url, accessKeyId },
      onLog: logs.open(label),
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

  await runDeploymentTriggers(templates, invoke);
  for (const mapping of loadEventSourceMappings(templates, awsEndpoint.url)) {
    const { definition, invoke: consume } = poolOf(mapping.functionName);
    const principal = `${definition.label}Poller`;
    awsEndpoint.admit({ name: principal, role: definition.role });
    const onError = (message: string) => onLog?.(principal, JSON.stringify({ level: "ERROR", message }));
    pollers.push(
      startQueuePoller(mapping, {
        awsEndpointUrl: awsEndpoint.url,
        principal,
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
    runnerPages: createRunnerPages(mailbox),
  });

  const endpoint = {
    url: awsEndpoint.url,
    region,
    accessKeyId: awsEndpoint.admit({ name: "Runner" }),
    secretAccessKey: "local",
  };
  const functionNames = pools.map(({ definition }) => definition.name);
  cleanUp.add(announceStack(dataDirectory, { endpoint, outputs: templates.outputs(), functionNames }));

  return {
    url: gateway.url,
    inboxUrl: `${gateway.url}/_inbox/`,
    dataDirectory,
    mailboxFolder: mailbox.folder,
    engine: dynamoDb.name,
    endpoint,
    engineUrl: dynamoDb.url,
    outputs: templates.outputs(),
    faults: awsEndpoint.faults,
    calls: awsEndpoint.calls,
    resetCalls: awsEndpoint.reset,
    invoke,
    inspectQueue: queues.inspectQueue,
    processes: () => ({
      engine: dynamoDb.pid,
      functions: Object.fromEntries(pools.map((pool) => [pool.definition.label, pool.pids()])),
    }),
    replaceExecutionEnvironments: (codeFolders) => {
      for (const pool of pools) {
        if (codeFolders === undefined || codeFolders.includes(pool.definition.codeFolder)) pool.replace();
      }
    },
    stop: cleanUp.run,
  };
};
