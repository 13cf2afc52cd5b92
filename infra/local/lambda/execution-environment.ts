// The child process has exactly Lambda's variables. It is killed after a timeout or a failed load.
import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { createInterface } from "node:readline";
import type { FunctionDefinition } from "./function-definitions.ts";
import type { FromRuntime, FunctionError, ToRuntime } from "./runtime-protocol.ts";

export type Outcome = { payload: unknown } | { error: FunctionError };
export type ExecutionEnvironment = {
  pid: number | undefined;
  invoke: (event: unknown) => Promise<Outcome>;
  exited: Promise<void>;
  stop: () => Promise<void>;
};

const initSeconds = 10;
const runtime = path.join(import.meta.dirname, "runtime.ts");
/** Bundles hold argon2's binaries for Linux only. Its loader also looks here. */
const installedArgon2 = path.join(import.meta.dirname, "../../../node_modules/argon2");
/** With the compile cache, a cold start needs only a little more than half the CPU. */
const compileCache = path.join(import.meta.dirname, "../../../build/compile-cache");

const settled = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });

export const startExecutionEnvironment = (
  definition: FunctionDefinition,
  variables: Record<string, string>,
  onLog: (line: string) => void,
): ExecutionEnvironment => {
  const { name, arn, memoryMegabytes, timeoutSeconds, codeFolder, handler } = definition;
  const child = fork(runtime, [name, arn, String(memoryMegabytes)], {
    // The runtime removes the last two variables before the first call.
    env: { ...variables, NODE_COMPILE_CACHE: compileCache, ARGON2_PREBUILD: installedArgon2 },
    execArgv: [`--max-old-space-size=${memoryMegabytes}`],
    cwd: codeFolder,
    // Ctrl-C reaches only the runner, which lets the current event finish.
    detached: true,
    windowsHide: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream) createInterface({ input: stream }).on("line", onLog);
  }

  let settle: ((message: FromRuntime) => void) | undefined;
  const say = (message: ToRuntime) => {
    // If the child has just exited, the exit event reports it.
    if (child.connected) child.send(message, () => {});
  };
  const ask = (message: ToRuntime, seconds: number): Promise<FromRuntime> =>
    new Promise((resolve) => {
      const requestId = message.type === "invoke" ? message.requestId : "init";
      const patience = setTimeout(() => {
        const errorMessage = `${new Date().toISOString()} ${requestId} Task timed out after ${seconds.toFixed(2)} seconds`;
        onLog(JSON.stringify({ level: "ERROR", message: errorMessage }));
        settle?.({ type: "failed", error: { errorType: "Sandbox.Timedout", errorMessage } });
        child.kill("SIGKILL");
      }, seconds * 1000);
      settle = (answer) => {
        clearTimeout(patience);
        settle = undefined;
        resolve(answer);
      };
      say(message);
    });
  child.on("message", (message: FromRuntime) => settle?.(message));

  let stopping = false;
  const watch = async (): Promise<void> => {
    await settled(child);
    const how = child.signalCode ? `signal ${child.signalCode}` : `exit status ${child.exitCode}`;
    const errorMessage = `Runtime exited with ${how}`;
    if (settle && !stopping) onLog(JSON.stringify({ level: "ERROR", message: errorMessage }));
    settle?.({ type: "failed", error: { errorType: "Runtime.ExitError", errorMessage } });
  };
  const exited = watch();

  const ready = ask({ type: "init", codeFolder, handler }, initSeconds);

  const invoke = async (event: unknown): Promise<Outcome> => {
    const started = await ready;
    if (started.type === "init-failed" || started.type === "failed") {
      child.kill("SIGKILL");
      return { error: started.error };
    }
    const answer = await ask(
      {
        type: "invoke",
        requestId: randomUUID(),
        event,
        deadline: Date.now() + timeoutSeconds * 1000,
      },
      timeoutSeconds,
    );
    if (answer.type === "result") return { payload: answer.payload };
    return {
      error: answer.type === "failed" ? answer.error : { errorType: "Error", errorMessage: answer.type },
    };
  };

  return {
    pid: child.pid,
    invoke,
    exited,
    stop: async () => {
      stopping = true;
      child.kill("SIGKILL");
      await exited;
    },
  };
};
