// Runs the stack under load in its own process, on an empty store, and reports its cost.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashes, refusalFloorMilliseconds } from "../../../../infra/grants/grant-words.ts";
import { freshenBundles } from "../../../../infra/bundling/fresh-bundles.ts";
import { allLettersSent } from "../../../support/mail/mail-queue.ts";
import { outputOf } from "../../../support/stacks/stack-outputs.ts";
import { startLocalStack } from "../../../support/stacks/local-stack.ts";
import { createTripCounter } from "../../../support/stacks/trip-counter.ts";
import { createCpuMeter, ownCpuMilliseconds } from "./cpu-meter.ts";
import type { Question, Snapshot, StackAddress } from "./stack-messages.ts";

await freshenBundles();
const directory = mkdtempSync(join(tmpdir(), "lit-auth-bench-"));
// The default floor, which tests turn off.
const floor = String(refusalFloorMilliseconds(hashes.memoryMegabytes));
const environments = 2;
const stack = await startLocalStack({
  dataDirectory: directory,
  concurrencyPerFunction: environments,
  settings: { REFUSAL_FLOOR_MILLISECONDS: process.env["REFUSAL_FLOOR_MILLISECONDS"] ?? floor },
});

const engineMeter = createCpuMeter();
const functionMeters = Object.keys(stack.processes().functions).map(
  (label) => [label, createCpuMeter()] as const,
);

const startTrips = createTripCounter(stack);

const takeSnapshot = async (): Promise<Snapshot> => {
  await allLettersSent(stack);
  const { engine, functions } = stack.processes();
  return {
    runner: ownCpuMilliseconds(),
    engine: engineMeter([engine]),
    functions: Object.fromEntries(
      functionMeters.map(([label, meter]) => [label, meter(functions[label] ?? [])]),
    ),
    calls: stack.calls(),
    units: stack.units(),
  };
};

const { url, region, accessKeyId, secretAccessKey } = stack.endpoint;
const address: StackAddress = {
  environments,
  engine: stack.engine,
  url: stack.url,
  mailboxFolder: stack.mailboxFolder,
  floorEnvironment: {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    USERS_TABLE: outputOf(stack, "UsersTable"),
    SESSIONS_TABLE: outputOf(stack, "SessionsTable"),
    MAIL_QUEUE_URL: outputOf(stack, "MailQueueUrl"),
  },
};

// Ctrl-C reaches this process too, but it ends only when the load generator disconnects.
process.on("SIGINT", () => {});
let endTrips = (): number => 0;
const answerTo = async (question: Question) => {
  if (question === "snapshot") return process.send?.(await takeSnapshot());
  if (question === "trips") return process.send?.(endTrips());
  if (question === "quiet") await allLettersSent(stack, 2);
  else if ("count" in question) stack.countUnits(question.count);
  else endTrips = startTrips(question);
  return process.send?.("done");
};
process.on("message", (question: Question) => void answerTo(question));
process.on("disconnect", () => {
  void stack.stop().then(() => {
    rmSync(directory, { recursive: true });
    process.exit();
  });
});
process.send?.(address);
