import {
  type ExecutionEnvironment,
  type Outcome,
  startExecutionEnvironment,
} from "./execution-environment.ts";
import type { FunctionDefinition } from "./function-definitions.ts";
import { accountId, region } from "../aws/local-account.ts";

export type Credentials = { endpointUrl: string; accessKeyId: string };
export type FunctionPool = {
  definition: FunctionDefinition;
  invoke: (event: unknown) => Promise<Outcome>;
  /** The next events get new execution environments. Busy ones stop after their event. */
  replace: () => void;
  pids: () => number[];
  stop: () => Promise<void>;
};
type Options = {
  limit: number;
  credentials: Credentials;
  onLog: (line: string) => void;
  /** Gets the milliseconds of each invocation. */
  onDone?: (milliseconds: number) => void;
};

export const throttledType = "TooManyRequestsException";
const throttled: Outcome = { error: { errorType: throttledType, errorMessage: "Rate Exceeded." } };

const idleMilliseconds = 5 * 60_000;

export const reservedVariables = (
  { name, handler, memoryMegabytes, codeFolder, logFormat }: FunctionDefinition,
  { endpointUrl, accessKeyId }: Credentials,
): Record<string, string> => ({
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCOUNT_ID: accountId,
  AWS_ACCESS_KEY_ID: accessKeyId,
  AWS_SECRET_ACCESS_KEY: "local",
  AWS_SESSION_TOKEN: "local",
  AWS_ENDPOINT_URL: endpointUrl,
  AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMegabytes),
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  AWS_LAMBDA_LOG_FORMAT: logFormat,
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: "local",
  LAMBDA_TASK_ROOT: codeFolder,
  _HANDLER: handler,
  LANG: "en_US.UTF-8",
  PATH: "/usr/local/bin:/usr/bin:/bin",
  TZ: ":UTC",
});

/** Reuses execution environments and stops those that idle too long. At the limit, events wait. */
export const createFunctionPool = (
  definition: FunctionDefinition,
  { limit, credentials, onLog, onDone }: Options,
): FunctionPool => {
  const variables = { ...definition.variables, ...reservedVariables(definition, credentials) };
  const all = new Set<ExecutionEnvironment>();
  let current = new Set<ExecutionEnvironment>();
  // The list is last in, first out, so that surplus execution environments stay idle and stop.
  const idle: { executionEnvironment: ExecutionEnvironment; ends: NodeJS.Timeout }[] = [];
  const waiting: ((executionEnvironment: ExecutionEnvironment | undefined) => void)[] = [];
  let stopped = false;
  let running = 0;

  const start = (): ExecutionEnvironment => {
    const executionEnvironment = startExecutionEnvironment(definition, variables, onLog);
    all.add(executionEnvironment);
    current.add(executionEnvironment);
    void forgetWhenExited(executionEnvironment);
    return executionEnvironment;
  };

  const forgetWhenExited = async (executionEnvironment: ExecutionEnvironment): Promise<void> => {
    await executionEnvironment.exited;
    all.delete(executionEnvironment);
    current.delete(executionEnvironment);
    const index = idle.findIndex((entry) => entry.executionEnvironment === executionEnvironment);
    if (index !== -1) clearTimeout(idle.splice(index, 1)[0]?.ends);
    if (!stopped) waiting.shift()?.(start());
  };

  const acquire = (): ExecutionEnvironment | undefined | Promise<ExecutionEnvironment | undefined> => {
    if (stopped) return undefined;
    const rested = idle.pop();
    if (rested) {
      clearTimeout(rested.ends);
      return rested.executionEnvironment;
    }
    if (current.size < limit) return start();
    return new Promise((resolve) => waiting.push(resolve));
  };

  const release = (executionEnvironment: ExecutionEnvironment) => {
    if (!current.has(executionEnvironment)) return void executionEnvironment.stop();
    const next = waiting.shift();
    if (next) return next(executionEnvironment);
    const ends = setTimeout(() => void executionEnvironment.stop(), idleMilliseconds);
    ends.unref();
    idle.push({ executionEnvironment, ends });
  };

  const invoke = async (event: unknown): Promise<Outcome> => {
    const executionEnvironment = await acquire();
    if (executionEnvironment === undefined)
      return { error: { errorType: "Runtime.Stopped", errorMessage: "The stack is stopping" } };
    const started = performance.now();
    const outcome = await executionEnvironment.invoke(event);
    onDone?.(performance.now() - started);
    const isDead = "error" in outcome && /^(Sandbox|Runtime)\./.test(outcome.error.errorType);
    if (!isDead) release(executionEnvironment);
    return outcome;
  };

  return {
    definition,
    invoke: async (event) => {
      if (running >= (definition.reservedConcurrency ?? Infinity)) return throttled;
      running += 1;
      try {
        return await invoke(event);
      } finally {
        running -= 1;
      }
    },
    replace: () => {
      current = new Set();
      for (const { executionEnvironment, ends } of idle.splice(0)) {
        clearTimeout(ends);
        void executionEnvironment.stop();
      }
    },
    pids: () => [...all].flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    stop: async () => {
      stopped = true;
      for (const { ends } of idle) clearTimeout(ends);
      for (const resolve of waiting.splice(0)) resolve(undefined);
      await Promise.all([...all].map((executionEnvironment) => executionEnvironment.stop()));
    },
  };
};
