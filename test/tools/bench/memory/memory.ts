// `npm run bench:memory` prints the table of docs/operations.md about memory sizes. Each bundled
// function runs in a process that gets the share of a vCPU which Lambda gives to the size, against
// recorded answers of AWS that come after a delay. `--only <functions>` measures others.
import { bundlesDirectory } from "../../../../infra/bundling/bundle-functions.ts";
import { readCommandLine } from "../../../../infra/command-line/command-line.ts";
import { runScript } from "../../../../infra/run-script.ts";
import type { Case } from "../alone/messages.ts";
import { chosenNames } from "../alone/options.ts";
import { startCannedEndpoint, startFunction, type CannedEndpoint } from "../alone/processes.ts";
import { recordCases } from "../alone/record.ts";
import { median } from "../two-samples.ts";
import { fits, memoryTable, type AtSize, type MemoryRow } from "./memory-table.ts";
import { createVcpuShare, megabytesOfOneVcpu, periodMilliseconds, type VcpuShare } from "./vcpu-share.ts";

const sizes = [256, 512, 1_024, 1_769];
/** The research's measure of a round trip to DynamoDB in the same region, and of SES. */
const delayMilliseconds = { "*": 5, ses: 60 };
const calls = { warm: 300, measured: 40 };
const hashingCalls = { warm: 10, measured: 20 };
const coldStarts = 3;
/** Those that people use most, and at least one of each class. */
const usual =
  "createUser activateUser requestOtp createToken refreshToken getMe updateMe deleteMe pages mailer".split(
    " ",
  );

const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

type Measured = AtSize & { cpu: number; resident: number };

const measureAt = async (
  endpoint: CannedEndpoint,
  share: VcpuShare,
  tested: Case,
  memoryMegabytes: number,
): Promise<Measured> => {
  const { event, recorded, hashes } = tested;
  const { warm, measured } = hashes ? hashingCalls : calls;
  const cold: number[] = [];
  const start = async () => {
    await endpoint.set({ type: "replay", recorded, delayMilliseconds });
    share.set(megabytesOfOneVcpu);
    // The heap gets what it needs at any size. Whether that fits is judged by the resident size.
    const running = await startFunction({ ...tested, onStart: share.add });
    share.set(memoryMegabytes);
    const first = await running.call(event, 1);
    cold.push(...first.milliseconds);
    return running;
  };
  for (let time = 1; time < coldStarts; time += 1) await (await start()).stop();
  const running = await start();
  try {
    share.set(megabytesOfOneVcpu);
    await endpoint.set({ type: "replay", recorded, delayMilliseconds: {} });
    await running.call(event, warm);
    await endpoint.set({ type: "replay", recorded, delayMilliseconds });
    // Without pauses, the CPU time is that of the calls alone.
    const { cpu } = await running.call(event, Math.ceil(measured / 2));
    share.set(memoryMegabytes);
    const { milliseconds, residentMegabytes } = await running.call(event, measured, periodMilliseconds);
    const sorted = milliseconds.toSorted((a, b) => a - b);
    return {
      memoryMegabytes,
      p50Milliseconds: percentile(sorted, 0.5),
      p95Milliseconds: percentile(sorted, 0.95),
      meanMilliseconds: sorted.reduce((sum, one) => sum + one, 0) / sorted.length,
      coldMilliseconds: median(cold),
      cpu,
      resident: residentMegabytes,
    };
  } finally {
    await running.stop();
  }
};

await runScript(async () => {
  const only = readCommandLine("bench:memory").values.only?.split(",") ?? usual;
  const share = createVcpuShare();
  const endpoint = await startCannedEndpoint();
  try {
    const [cases = new Map<string, Case>()] = await recordCases(endpoint, [bundlesDirectory]);
    const names = chosenNames(cases, only);
    const rows: MemoryRow[] = [];
    for (const tested of cases.values()) {
      if (!names.includes(tested.name)) continue;
      const measured: Measured[] = [];
      for (const size of sizes) measured.push(await measureAt(endpoint, share, tested, size));
      const resident = Math.max(...measured.map((one) => one.resident));
      rows.push({
        name: tested.name,
        setMegabytes: tested.memoryMegabytes,
        cpuMilliseconds: median(measured.map(({ cpu }) => cpu)),
        residentMegabytes: resident,
        sizes: measured,
      });
      if (!fits(resident, tested.memoryMegabytes))
        process.stderr.write(`${tested.name} does not fit into ${tested.memoryMegabytes} MB. `);
      process.stderr.write(`${tested.name} `);
    }
    process.stderr.write("\n");
    process.stdout.write(memoryTable(rows));
  } finally {
    await endpoint.stop();
    await share.remove();
  }
});
