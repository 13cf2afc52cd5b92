// A process with one bundled function and nothing else, as in an execution environment.
import { pathToFileURL } from "node:url";
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { FromFunction, Loaded, ToFunction } from "./messages.ts";

const [bundle = "", name = ""] = process.argv.slice(2);
type Handler = (event: unknown, context: unknown) => Promise<unknown>;
const isHandler = (value: unknown): value is Handler => typeof value === "function";

const cpuMilliseconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const context = () => ({
  functionName: name,
  functionVersion: "$LATEST",
  invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
  memoryLimitInMB: process.env["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
  awsRequestId: randomUUID(),
  getRemainingTimeInMillis: () => 30_000,
});

// What node itself does in the background of its start must not count.
await delay(50);
const startedCpu = cpuMilliseconds();
const started = performance.now();
const { handler }: Record<string, unknown> = await import(pathToFileURL(bundle).href);
if (!isHandler(handler)) throw new Error(`${bundle} exports no handler`);
const loaded: Loaded = {
  initCpu: cpuMilliseconds() - startedCpu,
  initMilliseconds: performance.now() - started,
};

delete process.env["ARGON2_PREBUILD"];

const call = async ({ event, times, pauseMilliseconds }: ToFunction): Promise<FromFunction> => {
  const milliseconds: number[] = [];
  let payload: unknown;
  const before = cpuMilliseconds();
  for (let time = 0; time < times; time += 1) {
    const began = performance.now();
    payload = await handler(event, context());
    milliseconds.push(performance.now() - began);
    if (pauseMilliseconds > 0) await delay(Math.random() * pauseMilliseconds);
  }
  const cpu = (cpuMilliseconds() - before) / times;
  return { cpu, milliseconds, payload, residentMegabytes: process.memoryUsage.rss() / 1e6 };
};

process.on("message", (message: ToFunction) => {
  call(message).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
process.send?.(loaded);
