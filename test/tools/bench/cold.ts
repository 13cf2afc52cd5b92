// `npm run bench:cold` measures the size and the import time of each bundle, in a new process.
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { bundleFunctions, bundlesDirectory } from "../../../infra/bundling/bundle-functions.ts";
import { textTable } from "./text-table.ts";

const imports = 5;
const aims = { kilobytes: 600, milliseconds: 100 };

const canPin = spawnSync("taskset", ["-c", "0", "true"]).status === 0;
const [command = process.execPath, ...pinned] = canPin
  ? ["taskset", "-c", "0", process.execPath]
  : [process.execPath];

const importMilliseconds = (bundle: string): number => {
  const script = join(import.meta.dirname, "import-time.ts");
  const { stdout, stderr, status } = spawnSync(command, [...pinned, script, bundle], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${bundle} cannot be imported: ${stderr}`);
  return Number(stdout);
};

const median = (numbers: number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

const kilobytes = (bytes: number): string => (bytes / 1000).toFixed(0);

await bundleFunctions();
const rows = globSync(join(bundlesDirectory, "*/index.mjs"))
  .toSorted()
  .map((bundle) => {
    const code = readFileSync(bundle);
    const times = Array.from({ length: imports }, () => importMilliseconds(bundle));
    const milliseconds = median(times);
    const misses = [
      code.length > aims.kilobytes * 1000 ? "size" : "",
      milliseconds > aims.milliseconds ? "import" : "",
    ];
    return [
      basename(dirname(bundle)),
      kilobytes(code.length),
      kilobytes(gzipSync(code).length),
      milliseconds.toFixed(0),
      misses.filter(Boolean).join(", ") || "-",
    ];
  });
rows.push(["aim: at most", String(aims.kilobytes), "", String(aims.milliseconds), ""]);

process.stdout.write(
  `Bundle of each function. import ms: median of ${imports} new processes, ${canPin ? "on one core" : "not pinned to one core (taskset is missing)"}\n` +
    textTable(["function", "kB", "gzip kB", "import ms", "misses"], rows),
);
