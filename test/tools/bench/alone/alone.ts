// `npm run bench:alone` measures bundled functions alone, warm, in a process of their own. Another
// process answers their AWS calls with what was recorded once. With `--against <folder>`, bundles
// of another checkout take turns with these, so that both meet the same machine.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { bundlesDirectory } from "../../../../infra/bundling/bundle-functions.ts";
import { runScript } from "../../../../infra/run-script.ts";
import { UserError } from "../../../../infra/user-error.ts";
import { spreadOf } from "../stack/measure.ts";
import { textTable } from "../text-table.ts";
import type { Case } from "./messages.ts";
import { startCannedEndpoint, startFunction, type CannedEndpoint } from "./processes.ts";
import { recordCases } from "./record.ts";

const aims: Record<string, number> = { getMe: 0.75, refreshToken: 1.7 };
const calls = { warm: 1_000, measured: 500 };
/** A hash costs as much as twenty other calls. */
const hashingCalls = { warm: 60, measured: 30 };
const defaultRounds = 5;

const readOptions = (parameters: readonly string[]) => {
  try {
    const { values } = parseArgs({
      args: [...parameters],
      options: {
        against: { type: "string" },
        only: { type: "string" },
        rounds: { type: "string", default: String(defaultRounds) },
      },
    });
    if (!/^[1-9]\d?$/.test(values.rounds)) throw new Error("--rounds needs a number from 1 to 99");
    return {
      against: values.against === undefined ? undefined : resolve(values.against),
      only: values.only?.split(","),
      rounds: Number(values.rounds),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${reason}\nUsage: npm run bench:alone -- [--only getMe,refreshToken] [--rounds ${defaultRounds}] [--against <folder of bundles>]`,
    );
  }
};

const measureOnce = async (endpoint: CannedEndpoint, tested: Case): Promise<number> => {
  const { warm, measured } = tested.hashes ? hashingCalls : calls;
  await endpoint.set({ type: "replay", recorded: tested.recorded, delayMilliseconds: {} });
  const running = await startFunction(tested);
  try {
    await running.call(tested.event, warm);
    const { cpu } = await running.call(tested.event, measured);
    const missing = endpoint.unanswered();
    if (missing.length > 0)
      throw new Error(`${tested.name} made calls that were not recorded: ${missing.join(", ")}`);
    return cpu;
  } finally {
    await running.stop();
  }
};

await runScript(async () => {
  const { against, only, rounds } = readOptions(process.argv.slice(2));
  const trees = { "this tree": bundlesDirectory, ...(against !== undefined && { against }) };
  const endpoint = await startCannedEndpoint();
  try {
    const recordings = await recordCases(endpoint, Object.values(trees));
    const names = [...(recordings[0]?.keys() ?? [])];
    const unknown = only?.filter((name) => !names.includes(name)) ?? [];
    if (unknown.length > 0)
      throw new UserError(`--only names ${unknown.join(", ")}. The functions are ${names.join(", ")}.`);
    const rows: string[][] = [];
    for (const name of only ?? names) {
      const costs = recordings.map((): number[] => []);
      for (let round = 0; round < rounds; round += 1)
        for (const [tree, cases] of recordings.entries()) {
          const tested = cases.get(name);
          if (tested) costs[tree]?.push(await measureOnce(endpoint, tested));
        }
      const cells = costs.map((numbers) => {
        const { median, low, high } = spreadOf(numbers);
        return [median.toFixed(3), `${low.toFixed(3)}–${high.toFixed(3)}`];
      });
      const [here = 0, there = 0] = costs.map((numbers) => spreadOf(numbers).median);
      const change = against === undefined ? [] : [`${((here / there - 1) * 100).toFixed(0)} %`];
      rows.push([name, ...cells.flat(), ...change, aims[name] === undefined ? "" : `at most ${aims[name]}`]);
      process.stderr.write(`${name} `);
    }
    process.stderr.write("\n");
    const columns = Object.keys(trees).flatMap((tree) => [tree, "spread"]);
    const change = against === undefined ? [] : ["difference"];
    process.stdout.write(
      `CPU ms of one call after ${calls.warm} others (${hashingCalls.warm} where a password is hashed), medians of ${rounds} processes that take turns\n` +
        textTable(["function", ...columns, ...change, "aim"], rows),
    );
  } finally {
    await endpoint.stop();
  }
});
