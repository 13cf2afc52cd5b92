// Runs inside an execution environment, and exits with the runner.
import { existsSync } from "node:fs";
import { flushCompileCache } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { FromRuntime, FunctionError, Invocation, ToRuntime } from "./runtime-protocol.ts";

type Handler = (event: unknown, context: unknown) => unknown;
type FunctionIdentity = { functionName: string; functionArn: string; memoryMegabytes: string };

// Node has read it already. The function must see only the variables that Lambda would set.
delete process.env["NODE_COMPILE_CACHE"];

const [functionName = "", functionArn = "", memoryMegabytes = ""] = process.argv.slice(2);
const identity: FunctionIdentity = { functionName, functionArn, memoryMegabytes };

const send = (message: FromRuntime) => process.send?.(message);

const describe = (error: unknown): FunctionError =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message }
    : { errorType: "Error", errorMessage: String(error) };

const report = (error: unknown) => {
  const { errorType, errorMessage } = describe(error);
  const stack = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  process.stderr.write(`${JSON.stringify({ level: "ERROR", errorType, errorMessage, stack })}\n`);
};

const isHandler = (value: unknown): value is Handler => typeof value === "function";

const load = async (codeFolder: string, name: string): Promise<Handler> => {
  const dot = name.lastIndexOf(".");
  const file = [".mjs", ".js", ".cjs"]
    .map((extension) => path.join(codeFolder, name.slice(0, dot) + extension))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`Cannot find module '${name.slice(0, dot)}' in ${codeFolder}`);
  const loaded: Record<string, unknown> = await import(pathToFileURL(file).href);
  const handler = loaded[name.slice(dot + 1)];
  if (!isHandler(handler)) throw new Error(`${name} is undefined or not exported`);
  return handler;
};

const contextOf = ({ requestId, deadline }: Invocation) => ({
  functionName: identity.functionName,
  functionVersion: "$LATEST",
  invokedFunctionArn: identity.functionArn,
  memoryLimitInMB: identity.memoryMegabytes,
  awsRequestId: requestId,
  logGroupName: `/aws/lambda/${identity.functionName}`,
  logStreamName: `local/${process.pid}`,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
});

const invoke = async (handler: Handler, invocation: Invocation): Promise<void> => {
  try {
    const payload = await handler(invocation.event, contextOf(invocation));
    send({ type: "result", payload: payload ?? null });
  } catch (error) {
    report(error);
    send({ type: "failed", error: describe(error) });
  }
};

let handler: Handler | undefined;

const initialise = async (codeFolder: string, name: string): Promise<void> => {
  try {
    handler = await load(codeFolder, name);
    delete process.env["ARGON2_PREBUILD"];
    send({ type: "ready" });
    // Execution environments are often killed, so the cache is written now.
    flushCompileCache();
  } catch (error) {
    report(error);
    send({ type: "init-failed", error: describe(error) });
  }
};

process.on("message", (message: ToRuntime) => {
  if (message.type === "init") void initialise(message.codeFolder, message.handler);
  else if (handler) void invoke(handler, message);
});
process.on("disconnect", () => process.exit());
