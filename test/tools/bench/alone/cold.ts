// `npm run bench:cold` measures the size of each function, and in new processes what its
// initialisation and its first call cost, against an AWS endpoint that is warm. Names of operations
// choose some. `--against <folder>` alternates with the bundles of another checkout,
// `--rounds <number>` sets how often.
import { execFile, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { bundleFunctions, bundlesDirectory } from "../../../../infra/bundling/bundle-functions.ts";
import { grants } from "../../../../infra/grants/grants.ts";
import type { FunctionName } from "../../../../infra/grants/grant.ts";
import { kebabCase } from "../../../../infra/naming.ts";
import { coldAccount, variablesOf } from "./cold-account.ts";
import type { ColdStart } from "./first-call.ts";
import { textTable } from "../text-table.ts";
import { median } from "../two-samples.ts";

const { values, positionals } = parseArgs({
  options: { against: { type: "string" }, rounds: { type: "string", default: "9" } },
  allowPositionals: true,
});
const names = (positionals.length > 0 ? positionals : Object.keys(grants)) as FunctionName[];
const trees = [bundlesDirectory, ...(values.against === undefined ? [] : [values.against])];
const rounds = Number(values.rounds);

// Everything else of this machine can then use the other core.
const canPin = availableParallelism() > 1 && spawnSync("taskset", ["-c", "0", "true"]).status === 0;
const command = canPin ? "taskset" : process.execPath;
const pinned = canPin ? ["-c", "0", process.execPath] : [];
const argon2 = join(import.meta.dirname, "../../../../node_modules/argon2");
const script = join(import.meta.dirname, "first-call.ts");
const run = promisify(execFile);

await bundleFunctions();
const { canned, eventFor } = await coldAccount();
const endpoint = fork(join(import.meta.dirname, "canned-aws.ts"));
endpoint.send(canned);
const [port] = await once(endpoint, "message");
const url = `http://127.0.0.1:${port}`;

const coldStart = async (tree: string, name: FunctionName): Promise<ColdStart> => {
  const bundle = join(tree, kebabCase(name), "index.mjs");
  const env = {
    ...variablesOf(name, url),
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "cold",
    AWS_SECRET_ACCESS_KEY: "cold",
    AWS_ENDPOINT_URL: url,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    ARGON2_PREBUILD: argon2,
    PATH: process.env["PATH"],
  };
  const { stdout } = await run(command, [...pinned, script, bundle, eventFor(name)], { env });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
};

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(0);
const sizesOf = (bundle: string): string[] => {
  const code = readFileSync(bundle);
  const files = globSync(join(dirname(bundle), "**"), { withFileTypes: true });
  const whole = files
    .filter((file) => file.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return [code.length, gzipSync(code).length, whole].map(kilobytes);
};
const millisecondsOf = (samples: readonly ColdStart[]): string[] =>
  (["init", "call"] as const).flatMap((phase) =>
    (["cpu", "wall"] as const).map((kind) => {
      const middle = median(samples.map((sample) => sample[phase][kind]));
      return Number.isNaN(middle) ? "-" : middle.toFixed(0);
    }),
  );

const rows: string[][] = [];
for (const name of names) {
  const samples: ColdStart[][] = trees.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, tree] of trees.entries()) samples[index]?.push(await coldStart(tree, name));
  for (const [index, tree] of trees.entries()) {
    const bundle = join(tree, kebabCase(name), "index.mjs");
    const status = samples[index]?.[0]?.status;
    const label = index === 0 ? kebabCase(name) : "  against";
    rows.push([label, ...sizesOf(bundle), ...millisecondsOf(samples[index] ?? []), String(status ?? "-")]);
  }
}
endpoint.disconnect();

const head = ["function", "kB", "gzip", "asset", "init CPU", "wall", "first call CPU", "wall", "answer"];
process.stdout.write(
  `Sizes in kB, times in ms: medians of ${rounds} new processes, ${canPin ? "on one core" : "not pinned to one core"}.
The AWS endpoint is local, warm and without TLS. A first call that hashes includes the hash.\n\n${textTable(head, rows)}`,
);
