// `npm run bench:mail [-- <number of a row> ...]` orders sign-in codes and lets the bundled mailer
// send them at the limits of SES, in real time, with SES's own errors. The rows run side
// by side. Beside each stands what the mailer did when it sent ten letters of a batch at once.
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { readCommandLine } from "../../../../infra/command-line/command-line.ts";
import { freshenBundles } from "../../../../infra/bundling/fresh-bundles.ts";
import { noAttributes } from "../../../../shared/attributes/stored-attributes.ts";
import { enqueueLetter } from "../../../../shared/mail/mail-queue.ts";
import { sesGate, type SesLimits } from "../../../support/mail/virtual-ses.ts";
import { startLocalStack } from "../../../support/stacks/local-stack.ts";
import { outputOf } from "../../../support/stacks/stack-outputs.ts";
import { documents } from "../../../support/store/documents.ts";
import { textTable } from "../text-table.ts";

type Row = { name: string; letters: number; ses: SesLimits; before: string[] };

const rows: Row[] = [
  { name: "600 at 14/s", letters: 600, ses: { perSecond: 14 }, before: ["600", "0", "83", "419"] },
  { name: "400 at 5/s", letters: 400, ses: { perSecond: 5 }, before: ["300", "100", "271", "1198"] },
  { name: "150 at 1/s", letters: 150, ses: { perSecond: 1 }, before: ["52", "98", "256", "801"] },
  {
    name: "150 at 14/s, quota of 60, opens after 300 s",
    letters: 150,
    ses: { perSecond: 14, quota: { letters: 60, reopensAt: 300 } },
    before: ["60", "90", "255", "675"],
  },
];
const longestSeconds = 900;
const itemsPerWrite = 25;
const concurrency = 4;

const mailbox = z.object({
  messages: z.array(
    z.object({ Timestamp: z.string(), Destination: z.object({ ToAddresses: z.array(z.string()) }) }),
  ),
});

const userNumber = (number: number) => ({
  pk: `user#bench-${number}`,
  id: `bench-${number}`,
  username: `bench-${number}`,
  email: `bench-${number}@example.com`,
  addressKey: `key-${number}`,
  ...noAttributes,
  passwordHash: "hash",
  status: "active",
  isStaff: false,
  sessionEpoch: 0,
  createdAt: 0,
  otpRequestId: "request",
});

const addUsers = async (count: number) => {
  for (let start = 0; start < count; start += itemsPerWrite) {
    const numbers = Array.from({ length: Math.min(itemsPerWrite, count - start) }, (_, i) => start + i);
    const requests = numbers.map((number) => ({ PutRequest: { Item: userNumber(number) } }));
    await documents().send(
      new BatchWriteCommand({ RequestItems: { [String(process.env["USERS_TABLE"])]: requests } }),
    );
  }
};

const measure = async ({ name, letters, ses, before }: Row): Promise<string[]> => {
  const dataDirectory = mkdtempSync(join(tmpdir(), "lit-auth-bench-"));
  const stack = await startLocalStack({ dataDirectory, concurrencyPerFunction: concurrency });
  try {
    const { url, region, accessKeyId, secretAccessKey } = stack.endpoint;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      USERS_TABLE: outputOf(stack, "UsersTable"),
      MAIL_QUEUE_URL: outputOf(stack, "MailQueueUrl"),
    });
    await addUsers(letters);

    let refused = 0;
    const gate = sesGate(ses);
    const startedAt = Date.now();
    const seconds = () => (Date.now() - startedAt) / 1000;
    stack.resetCalls();
    stack.faults.add({
      principal: "Mailer",
      times: Infinity,
      errorFor: (operation) => {
        if (!/^Send(Raw)?Email$/.test(operation)) return undefined;
        const refusal = gate(seconds());
        if (!refusal) return undefined;
        refused += 1;
        return { code: refusal.name, message: refusal.message, status: 400 };
      },
    });
    for (let number = 0; number < letters; number += 1)
      await enqueueLetter({ kind: "login", userId: `bench-${number}`, otpRequestId: "request" });

    const dead = () =>
      stack.inspectQueue(outputOf(stack, "MailDeadLettersUrl").split("/").at(-1) ?? "")?.messages.ready
        .length ?? 0;
    const received = async () => mailbox.parse(await (await fetch(`${stack.url}/_aws/ses`)).json()).messages;
    while ((await received()).length + dead() < letters && seconds() < longestSeconds) await delay(250);
    const arrived = await received();
    const addresses = new Set(arrived.flatMap(({ Destination }) => Destination.ToAddresses));
    const oldest = Math.max(...arrived.map(({ Timestamp }) => Date.parse(Timestamp))) - startedAt;
    const calls = stack.calls();
    const queueCalls = ["Mailer", "MailerPoller"]
      .flatMap((principal) => Object.entries(calls[principal] ?? {}))
      .filter(([operation]) => operation.startsWith("sqs:") && !operation.endsWith("ReceiveMessage"))
      .reduce((sum, [, count]) => sum + count, letters);
    return [
      name,
      String(addresses.size),
      String(letters - addresses.size - dead()),
      String(arrived.length - addresses.size),
      String(dead()),
      seconds().toFixed(0),
      String(refused),
      (oldest / 1000).toFixed(0),
      (queueCalls / letters).toFixed(1),
      ...before,
    ];
  } finally {
    await stack.stop();
    rmSync(dataDirectory, { recursive: true });
  }
};

/** Clients of the SDK keep the address of their first stack, so each row has a process. */
const measureApart = async (index: number): Promise<string[]> => {
  const child = fork(import.meta.filename, ["--row", String(index)], { execArgv: [] });
  const [cells] = await once(child, "message");
  return z.array(z.string()).parse(cells);
};

if (process.argv[2] === "--row") {
  const row = rows[Number(process.argv[3])];
  if (row) process.send?.(await measure(row), () => process.exit());
} else {
  const chosen = readCommandLine("bench:mail").operands.map(Number);
  await freshenBundles();
  const indexes = [...rows.keys()].filter((index) => chosen.length === 0 || chosen.includes(index + 1));
  const measured = await Promise.all(indexes.map(measureApart));
  const head = ["letters", "sent", "lost", "twice", "dead", "s", "refused", "oldest s", "SQS calls a letter"];
  process.stdout.write(textTable([...head, "before: sent", "dead", "s", "refused"], measured));
}
