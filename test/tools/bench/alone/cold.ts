// `npm run bench:cold` measures the size of each function, and in new processes what its
// initialisation and its first call cost. Another process answers its AWS calls with what was
// recorded once. With `--against <folder>`, bundles of another checkout take turns with these.
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import * as z from "zod";
import { runScript } from "../../../../infra/run-script.ts";
import { textTable } from "../text-table.ts";
import { median } from "../two-samples.ts";
import type { Case } from "./messages.ts";
import { readCommandLine } from "../../../../infra/command-line/command-line.ts";
import { chosenNames, readOptions } from "./options.ts";
import { startCannedEndpoint, startFunction, type CannedEndpoint } from "./processes.ts";
import { recordCases } from "./record.ts";

/** CPU and wall time of the initialisation, then of the first call. */
type ColdStart = { milliseconds: number[]; answer: string };

// Everything else of this machine can then use the other core.
const pinTo = (pid: number | string) => spawnSync("taskset", ["-acp", "0", String(pid)]).status === 0;
const canPin = availableParallelism() > 1 && spawnSync("taskset", ["-c", "0", "true"]).status === 0;

const answered = z
  .object({ statusCode: z.number().optional(), batchItemFailures: z.array(z.unknown()).default([]) })
  .default({ batchItemFailures: [] });
const answerOf = (payload: unknown): string => {
  const { statusCode, batchItemFailures } = answered.parse(payload);
  return batchItemFailures.length > 0 ? "failed" : String(statusCode ?? "-");
};

const coldStart = async (endpoint: CannedEndpoint, tested: Case): Promise<ColdStart> => {
  await endpoint.set({ type: "replay", recorded: tested.recorded, delayMilliseconds: {} });
  const running = await startFunction({ ...tested, ...(canPin && { onStart: pinTo }) });
  try {
    const { initCpu, initMilliseconds } = running.loaded;
    const { cpu, milliseconds, payload } = await running.call(tested.event, 1);
    endpoint.expectAllAnswered(tested.name);
    return { milliseconds: [initCpu, initMilliseconds, cpu, ...milliseconds], answer: answerOf(payload) };
  } finally {
    await running.stop();
  }
};

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(0);
const sizesOf = (bundle: string): string[] => {
  const code = readFileSync(bundle);
  const files = globSync("**", { cwd: dirname(bundle), withFileTypes: true });
  const whole = files
    .filter((file) => file.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  return [code.length, gzipSync(code).length, whole].map(kilobytes);
};

await runScript(async () => {
  const { trees, only, rounds } = readOptions(readCommandLine("bench:cold").values, 9);
  const endpoint = await startCannedEndpoint();
  try {
    const recordings = await recordCases(endpoint, trees);
    const rows: string[][] = [];
    for (const name of chosenNames(recordings[0], only)) {
      const cases = recordings.flatMap((recorded) => recorded.get(name) ?? []);
      const samples = cases.map((): ColdStart[] => []);
      for (let round = 0; round < rounds; round += 1)
        for (const [tree, tested] of cases.entries()) samples[tree]?.push(await coldStart(endpoint, tested));
      for (const [tree, { bundle }] of cases.entries()) {
        const starts = samples[tree] ?? [];
        const times = [0, 1, 2, 3].map((column) =>
          median(starts.map(({ milliseconds }) => milliseconds[column] ?? NaN)).toFixed(0),
        );
        const answers = new Set(starts.map(({ answer }) => answer));
        rows.push([tree === 0 ? name : "  against", ...sizesOf(bundle), ...times, [...answers].join(", ")]);
      }
      process.stderr.write(`${name} `);
    }
    process.stderr.write("\n");
    const head = "function;kB;gzip;asset;init CPU;wall;first call CPU;wall;answer".split(";");
    process.stdout.write(
      `Sizes in kB, times in ms: medians of ${rounds} new processes, ${canPin ? "on one core" : "not pinned to one core"}.
The AWS endpoint is local, warm and without TLS. A first call that hashes includes the hash.\n\n${textTable(head, rows)}`,
    );
  } finally {
    await endpoint.stop();
  }
});
