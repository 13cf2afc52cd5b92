/**
 * The environments of one function: an idle one takes the next event, a new one starts while all are busy, up to a
 * limit beyond which events wait. Environments that idle too long end, so the next call is a cold start again.
 */
import { type Environment, type Outcome, startEnvironment } from "./execution-environment.ts";
import type { FunctionDefinition } from "./function-definitions.ts";
import { accountId, region } from "../aws/local-account.ts";

export type Credentials = { endpointUrl: string; accessKeyId: string };
export type FunctionPool = {
  definition: FunctionDefinition;
  invoke: (event: unknown) => Promise<Outcome>;
  /** The next events meet fresh environments; those that are busy end after their event. */
  replace: () => void;
  pids: () => number[];
  stop: () => Promise<void>;
};
type Options = { limit: number; credentials: Credentials; onLog: (line: string) => void };

const idleMilliseconds = 5 * 60_000;

/** What Lambda itself sets, so far as it has a meaning here. */
const reservedVariables = (
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

export const createFunctionPool = (
  definition: FunctionDefinition,
  { limit, credentials, onLog }: Options,
): FunctionPool => {
  const variables = { ...definition.variables, ...reservedVariables(definition, credentials) };
  const all = new Set<Environment>();
  let current = new Set<Environment>();
  // Last in, first out: the fewer environments share the work, the sooner the others are idle enough to end.
  const idle: { environment: Environment; ends: NodeJS.Timeout }[] = [];
  const waiting: ((environment: Environment | undefined) => void)[] = [];
  let stopped = false;

  const start = (): Environment => {
    const environment = startEnvironment(definition, variables, onLog);
    all.add(environment);
    current.add(environment);
    void forgetWhenExited(environment);
    return environment;
  };

  const forgetWhenExited = async (environment: Environment): Promise<void> => {
    await environment.exited;
    all.delete(environment);
    current.delete(environment);
    const index = idle.findIndex((entry) => entry.environment === environment);
    if (index !== -1) clearTimeout(idle.splice(index, 1)[0]?.ends);
    if (!stopped) waiting.shift()?.(start());
  };

  /** None when the pool stops. */
  const acquire = (): Environment | undefined | Promise<Environment | undefined> => {
    if (stopped) return undefined;
    const rested = idle.pop();
    if (rested) {
      clearTimeout(rested.ends);
      return rested.environment;
    }
    if (current.size < limit) return start();
    return new Promise((resolve) => waiting.push(resolve));
  };

  const release = (environment: Environment) => {
    if (!current.has(environment)) return void environment.stop();
    const next = waiting.shift();
    if (next) return next(environment);
    const ends = setTimeout(() => void environment.stop(), idleMilliseconds);
    ends.unref();
    idle.push({ environment, ends });
  };

  return {
    definition,
    invoke: async (event) => {
      const environment = await acquire();
      if (environment === undefined)
        return { error: { errorType: "Runtime.Stopped", errorMessage: "stopping" } };
      const outcome = await environment.invoke(event);
      const isDead = "error" in outcome && /^(Sandbox|Runtime)\./.test(outcome.error.errorType);
      if (!isDead) release(environment);
      return outcome;
    },
    replace: () => {
      current = new Set();
      for (const { environment, ends } of idle.splice(0)) {
        clearTimeout(ends);
        void environment.stop();
      }
    },
    pids: () => [...all].flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
    stop: async () => {
      stopped = true;
      for (const { ends } of idle) clearTimeout(ends);
      for (const resolve of waiting.splice(0)) resolve(undefined);
      await Promise.all([...all].map((environment) => environment.stop()));
    },
  };
};
