// `npm run bench:alone` measures bundled functions alone, warm, in a process of their own. Another
// process answers their AWS calls with what was recorded once. With `--against <folder>`, bundles
// of another checkout take turns with these, so that both meet the same machine.
import { runScript } from "../../../../infra/run-script.ts";
import { spreadOf } from "../stack/measure.ts";
import { textTable } from "../text-table.ts";
import type { Case } from "./messages.ts";
import { readCommandLine } from "../../../../infra/command-line/command-line.ts";
import { chosenNames, readOptions } from "./options.ts";
import { startCannedEndpoint, startFunction, type CannedEndpoint } from "./processes.ts";
import { recordCases } from "./record.ts";

const aims: Record<string, number> = { getMe: 0.75, refreshToken: 1.7 };
const calls = { warm: 1_000, measured: 500 };
/** A hash costs as much as twenty other calls. */
const hashingCalls = { warm: 60, measured: 30 };

const measureOnce = async (endpoint: CannedEndpoint, tested: Case): Promise<number> => {
  const { warm, measured } = tested.hashes ? hashingCalls : calls;
  await endpoint.set({ type: "replay", recorded: tested.recorded, delayMilliseconds: {} });
  const running = await startFunction(tested);
  try {
    await running.call(tested.event, warm);
    const { cpu } = await running.call(tested.event, measured);
    endpoint.expectAllAnswered(tested.name);
    return cpu;
  } finally {
    await running.stop();
  }
};

await runScript(async () => {
  const { trees, only, rounds } = readOptions(readCommandLine("bench:alone").values, 5);
  const endpoint = await startCannedEndpoint();
  try {
    const recordings = await recordCases(endpoint, trees);
    const rows: string[][] = [];
    for (const name of chosenNames(recordings[0], only)) {
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
      const [here = 0, there] = costs.map((numbers) => spreadOf(numbers).median);
      const change = there === undefined ? [] : [`${((here / there - 1) * 100).toFixed(0)} %`];
      rows.push([name, ...cells.flat(), ...change, aims[name] === undefined ? "" : `at most ${aims[name]}`]);
      process.stderr.write(`${name} `);
    }
    process.stderr.write("\n");
    const columns = trees.flatMap((_, tree) => [tree === 0 ? "this tree" : "against", "spread"]);
    const change = trees.length === 1 ? [] : ["difference"];
    process.stdout.write(
      `CPU ms of one call after ${calls.warm} others (${hashingCalls.warm} where a password is hashed), medians of ${rounds} processes that take turns\n` +
        textTable(["function", ...columns, ...change, "aim"], rows),
    );
  } finally {
    await endpoint.stop();
  }
});
