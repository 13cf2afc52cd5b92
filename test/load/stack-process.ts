/** The stack under load, in a process of its own: on an empty store, answering every message with what it has cost so far. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFunctions } from "../../infra/bundle.ts";
import { eventually } from "../support/eventually.ts";
import { startLocalStack } from "../support/local-stack.ts";
import { createCpuMeter, ownCpuMilliseconds } from "./cpu-meter.ts";
import type { Snapshot, StackAddress } from "./stack-messages.ts";

await bundleFunctions();
const directory = mkdtempSync(join(tmpdir(), "lit-auth-bench-"));
const stack = await startLocalStack({ dataDirectory: directory });

const output = (name: string): string => {
  const found = Object.entries(stack.outputs).find(([key]) => key.endsWith(`.${name}`));
  if (!found) throw new Error(`the templates have no output ${name}`);
  return found[1];
};
const mailQueueUrl = output("MailQueueUrl");
const mailQueueName = mailQueueUrl.slice(mailQueueUrl.lastIndexOf("/") + 1);

const allLettersOut = () =>
  eventually(
    "an empty mail queue",
    () => {
      const messages = stack.inspectQueue(mailQueueName)?.messages;
      const count = messages && messages.ready.length + messages.delayed.length + messages.inflight.length;
      return count === 0 || undefined;
    },
    { deadlineSeconds: 60, pauseMilliseconds: 20 },
  );

const engineMeter = createCpuMeter();
const functionMeters = Object.keys(stack.processes().functions).map(
  (label) => [label, createCpuMeter()] as const,
);

const takeSnapshot = async (): Promise<Snapshot> => {
  await allLettersOut();
  const { engine, functions } = stack.processes();
  return {
    runner: ownCpuMilliseconds(),
    engine: engineMeter([engine]),
    functions: Object.fromEntries(
      functionMeters.map(([label, meter]) => [label, meter(functions[label] ?? [])]),
    ),
    calls: stack.calls(),
  };
};

const { url, region, accessKeyId, secretAccessKey } = stack.endpoint;
const address: StackAddress = {
  engine: stack.engine,
  url: stack.url,
  lettersFolder: stack.lettersFolder,
  floorEnvironment: {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    USERS_TABLE: output("UsersTable"),
    SESSIONS_TABLE: output("SessionsTable"),
    MAIL_QUEUE_URL: mailQueueUrl,
  },
};

// Ctrl-C reaches the whole group; the end of the load generator is what stops us.
process.on("SIGINT", () => {});
process.on("message", () => void takeSnapshot().then((snapshot) => process.send?.(snapshot)));
process.on("disconnect", () => {
  void stack.stop().then(() => {
    rmSync(directory, { recursive: true });
    process.exit();
  });
});
process.send?.(address);
