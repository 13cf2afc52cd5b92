import { availableParallelism } from "node:os";
import type { Templates } from "../cloudformation/templates.ts";
import { loadEventSourceMappings } from "./event-source-mapping.ts";
import type { Outcome } from "./execution-environment.ts";
import { loadFunctions, type FunctionDefinition } from "./function-definitions.ts";
import { createFunctionPool, type FunctionPool } from "./function-pool.ts";
import { startQueuePoller, type Poller, type SqsCall } from "./queue-poller.ts";
import { createWorkCounter, type WorkCounts } from "./work-counter.ts";

type Options = {
  awsEndpointUrl: string;
  admit: (principal: { name: string; role: string }) => string;
  callSqs: (accessKeyId: string, ...call: Parameters<SqsCall>) => ReturnType<SqsCall>;
  openLog: (functionLabel: string) => (line: string) => void;
  onPollerError: (principal: string, message: string) => void;
  concurrencyPerFunction?: number | undefined;
  returnFailedAfterSeconds?: number | undefined;
};

/** A function reference is an ARN, a name or a label. */
type LambdaService = {
  functions: readonly FunctionDefinition[];
  find: (functionReference: string) => FunctionDefinition;
  invoke: (functionReference: string, event: unknown) => Promise<Outcome>;
  replaceExecutionEnvironments: (functionReference: string) => void;
  startPolling: () => void;
  pids: () => Record<string, number[]>;
  work: () => WorkCounts;
  resetWork: () => void;
  stop: () => Promise<void>;
};

/** One more than cores, at least three. With still more, each is slower and starts cold. */
const defaultConcurrency = Math.max(3, availableParallelism() + 1);

export const createLambdaService = (templates: Templates, options: Options): LambdaService => {
  const { awsEndpointUrl, admit, callSqs, openLog, onPollerError } = options;
  const { concurrencyPerFunction = defaultConcurrency, returnFailedAfterSeconds } = options;

  const counter = createWorkCounter();
  const pools = loadFunctions(templates).map((definition) => {
    const { label, role, reservedConcurrency = Infinity } = definition;
    const log = openLog(label);
    return createFunctionPool(definition, {
      limit: Math.min(concurrencyPerFunction, reservedConcurrency),
      credentials: { endpointUrl: awsEndpointUrl, accessKeyId: admit({ name: label, role }) },
      onLog: (line) => {
        counter.countLine(label, line);
        log(line);
      },
      onDone: (milliseconds) => counter.countInvocation(label, milliseconds),
    });
  });
  const pollers: Poller[] = [];

  const poolOf = (functionReference: string): FunctionPool => {
    const pool = pools.find(({ definition: { arn, name, label } }) =>
      [arn, name, label].includes(functionReference),
    );
    if (pool === undefined) throw new Error(`the templates have no function ${functionReference}`);
    return pool;
  };

  return {
    functions: pools.map(({ definition }) => definition),
    find: (functionReference) => poolOf(functionReference).definition,
    invoke: async (functionReference, event) => poolOf(functionReference).invoke(event),
    replaceExecutionEnvironments: (functionReference) => poolOf(functionReference).replace(),
    startPolling: () => {
      for (const mapping of loadEventSourceMappings(templates, awsEndpointUrl)) {
        const { definition, invoke } = poolOf(mapping.functionName);
        const principal = `${definition.label}Poller`;
        const accessKeyId = admit({ name: principal, role: definition.role });
        const onError = (message: string) => onPollerError(principal, message);
        pollers.push(
          startQueuePoller(mapping, {
            principal,
            callSqs: (...call) => callSqs(accessKeyId, ...call),
            invoke,
            returnFailedAfterSeconds,
            onError,
          }),
        );
      }
    },
    work: counter.work,
    resetWork: counter.reset,
    pids: () => Object.fromEntries(pools.map((pool) => [pool.definition.label, pool.pids()])),
    stop: async () => {
      // Stop all in parallel, because a poller waits for its function.
      await Promise.all([...pollers, ...pools].map((one) => one.stop()));
    },
  };
};
