// Starts the two processes of a measurement.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transformSync } from "esbuild";
import { root } from "../../../../infra/run-script.ts";
import { lazy } from "../../../../shared/platform/lazy.ts";
import type { Recorded } from "./canned-answers.ts";
import type { FromFunction, Loaded, ToEndpoint, ToFunction, Case } from "./messages.ts";

/** Bundles hold argon2's binary for Lambda only. Its loader also looks here. */
const installedArgon2 = join(root, "node_modules/argon2");

/** As JavaScript, because what runs TypeScript in Node would add to the function's memory. */
const compiledFunctionProcess = lazy((): string => {
  const source = readFileSync(join(import.meta.dirname, "function-process.ts"), "utf8");
  const file = join(root, "build/bench/function-process.mjs");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, transformSync(source, { loader: "ts", target: "node24" }).code);
  return file;
});

const messageOf = async <Message>(child: ChildProcess, what: string): Promise<Message> => {
  const settled = new AbortController();
  const { signal } = settled;
  const ended = async (): Promise<never> => {
    const [status] = await once(child, "exit", { signal });
    throw new Error(`${what} ended with status ${String(status)}`);
  };
  try {
    const [message] = await Promise.race([once(child, "message", { signal }), ended()]);
    return message;
  } finally {
    settled.abort();
  }
};

const stopped = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
};

export const startCannedEndpoint = async () => {
  const child = fork(join(import.meta.dirname, "canned-endpoint.ts"));
  const unanswered = new Set<string>();
  const { port } = await messageOf<{ port: number }>(child, "the canned endpoint");
  type FromEndpoint = { type: "unanswered"; call: string } | { type: "ready" };
  child.on("message", (message: FromEndpoint) => {
    if (message.type === "unanswered") unanswered.add(message.call);
  });
  const ask = async <Message extends { type: string }>(message: unknown, type: string): Promise<Message> => {
    child.send(message as object);
    for (;;) {
      const answer = await messageOf<Message>(child, "the canned endpoint");
      if (answer.type === type) return answer;
    }
  };
  return {
    url: `http://127.0.0.1:${port}`,
    set: async (mode: ToEndpoint) => {
      unanswered.clear();
      await ask(mode, "ready");
    },
    /** Returns and forgets what was recorded. */
    take: async (): Promise<Recorded[]> =>
      (await ask<{ type: string; recorded: Recorded[] }>({ type: "take" }, "taken")).recorded,
    /** Throws if nothing was recorded for a call of this function. */
    expectAllAnswered: (name: string) => {
      if (unanswered.size > 0)
        throw new Error(`${name} made calls that were not recorded: ${[...unanswered].join(", ")}`);
    },
    stop: () => stopped(child),
  };
};
export type CannedEndpoint = Awaited<ReturnType<typeof startCannedEndpoint>>;

export type FunctionProcess = {
  pid: number;
  loaded: Loaded;
  call: (event: unknown, times: number, pauseMilliseconds?: number) => Promise<FromFunction>;
  stop: () => Promise<void>;
};

export const startFunction = async ({
  name,
  bundle,
  environment,
  memoryMegabytes,
  onStart,
}: Pick<Case, "name" | "bundle" | "environment" | "memoryMegabytes"> & {
  /** Called before the function is loaded. */
  onStart?: (pid: number) => void;
}): Promise<FunctionProcess> => {
  const child = fork(compiledFunctionProcess(), [bundle, name], {
    // The process removes the last variable after the initialisation.
    env: { ...environment, ARGON2_PREBUILD: installedArgon2 },
    execArgv: [`--max-old-space-size=${memoryMegabytes}`],
    cwd: dirname(bundle),
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  if (child.pid !== undefined) onStart?.(child.pid);
  const loaded = await messageOf<Loaded>(child, name);
  return {
    pid: child.pid ?? 0,
    loaded,
    call: async (event, times, pauseMilliseconds = 0) => {
      child.send({ event, times, pauseMilliseconds } satisfies ToFunction);
      const answer = await messageOf<FromFunction>(child, name);
      if (answer.error !== undefined) throw new Error(`${name}: ${answer.error}`);
      return answer;
    },
    stop: () => stopped(child),
  };
};
