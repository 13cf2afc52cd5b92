// Prints what the import of a bundle and its first call cost in a new process.
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";

export type Cost = { cpu: number; wall: number };
export type ColdStart = { init: Cost; call: Cost; status: number | undefined };

type Handler = (event: unknown, context: unknown) => Promise<{ statusCode?: number }>;

const timed = async <T>(work: () => Promise<T>): Promise<{ result: T; cost: Cost }> => {
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, cost: { cpu: (user + system) / 1000, wall: performance.now() - start } };
};

const [bundle = "", event = ""] = process.argv.slice(2);
// What node itself does in the background of its start must not count.
await delay(50);
const loaded = await timed((): Promise<{ handler: Handler }> => import(pathToFileURL(bundle).href));
const called = event
  ? await timed(() => loaded.result.handler(JSON.parse(event), { awsRequestId: "invocation" }))
  : undefined;
const status = called?.result.statusCode;
const call = called?.cost ?? { cpu: NaN, wall: NaN };
process.stdout.write(`\n${JSON.stringify({ init: loaded.cost, call, status } satisfies ColdStart)}\n`);
// The module may have opened handles that would keep the process running.
process.exit();
