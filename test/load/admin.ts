/**
 * `npm run bench:admin`: what a page of people costs with 5,000 and 100,000 of them, on a bare engine: time, calls, and the
 * read units that DynamoDB would bill. Users are written straight into the store, as its writers leave them.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { startDynamoDbEngine } from "../../infra/local/engines/dynamodb-engine.ts";
import { createTables } from "../../infra/local/engines/create-tables.ts";
import { loadTemplates } from "../../infra/local/cloudformation/templates.ts";
import { freshenBundles } from "../../infra/bundling/fresh-bundles.ts";
import { readSettings } from "../../infra/settings.ts";
import { synthesise } from "../../infra/synthesise.ts";
import { nowSeconds } from "../../shared/platform/clock.ts";
import { dynamo } from "../../shared/store/dynamo.ts";
import { userList, type ListRequest, type UserList } from "../../shared/admin/person-list.ts";
import { listedPerson } from "../support/store-people.ts";
import { textTable } from "./text-table.ts";

const crowds = [5_000, 100_000];
const repeats = 50;
const batch = 25;
const atOnce = 8;

const meter = { calls: 0, units: 0 };

/** Asks every call what it consumed. */
const measureUnits = () => {
  dynamo().middlewareStack.add(
    (next) => async (args) => {
      Object.assign(args.input, { ReturnConsumedCapacity: "TOTAL" });
      const answer = await next(args);
      const consumed = Object.entries(answer.output).find(([name]) => name === "ConsumedCapacity")?.[1];
      meter.calls += 1;
      for (const { CapacityUnits = 0 } of [consumed ?? []].flat()) meter.units += CapacityUnits;
      return answer;
    },
    { step: "initialize" },
  );
};

const personNumber = (number: number) => {
  const kind = number % 20 === 0 ? "disabled" : number % 4 === 0 ? "pending" : "active";
  const now = nowSeconds();
  const email = `${number.toString(36).padStart(4, "0")}.person@example.com`;
  return { ...listedPerson(kind, { now, createdAt: now - number, email }), username: `person-${number}` };
};

const addPeople = async (table: string, from: number, to: number) => {
  for (let start = from; start < to; start += batch * atOnce)
    await Promise.all(
      Array.from({ length: atOnce }, async (_, lane) => {
        const first = start + lane * batch;
        const numbers = Array.from({ length: Math.max(0, Math.min(batch, to - first)) }, (_, i) => first + i);
        const requests = numbers.map((number) => ({ PutRequest: { Item: personNumber(number) } }));
        if (requests.length > 0)
          await dynamo().send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
      }),
    );
};

const measure = async (work: () => Promise<unknown>) => {
  await work();
  Object.assign(meter, { calls: 0, units: 0 });
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  return [at(0.5), at(0.95), String(meter.calls / repeats), (meter.units / repeats).toFixed(1)];
};

const requests: Record<string, ListRequest> = {
  "25, all": { size: 25 },
  "25, active": { size: 25, state: "active" },
  "25, disabled": { size: 25, state: "disabled" },
  "25, pending": { size: 25, state: "pending" },
  "25, address 0a…": { size: 25, addressPrefix: "0a" },
  "100, all": { size: 100 },
  "100, active": { size: 100, state: "active" },
};

const cursorAfter = async (pages: number, list: UserList): Promise<string | undefined> => {
  let cursor: string | undefined;
  for (let read = 0; read < pages; read += 1) {
    const page = await list.page({ size: 25, cursor });
    cursor = typeof page === "string" ? undefined : (page.next ?? undefined);
  }
  return cursor;
};

const directory = mkdtempSync(join(tmpdir(), "lit-auth-bench-"));
await freshenBundles();
const engine = await startDynamoDbEngine(directory);
try {
  const templates = loadTemplates(
    synthesise(readSettings({ MAIL_FROM: "no-reply@example.com" })),
    engine.url,
  );
  await createTables(templates, engine.url);
  const names = templates.ofType("AWS::DynamoDB::Table").map((table) => table.identity().ref);
  const table = names.find((name) => name.includes("Users")) ?? "";
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "bench",
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_ENDPOINT_URL_DYNAMODB: engine.url,
    USERS_TABLE: table,
  });
  measureUnits();
  const list = userList();
  const rows: string[][] = [];
  let written = 0;
  for (const crowd of crowds) {
    await addPeople(table, written, crowd);
    written = crowd;
    for (const [name, request] of Object.entries(requests))
      rows.push([`${crowd}: ${name}`, ...(await measure(() => list.page(request)))]);
    const cursor = await cursorAfter(40, list);
    rows.push([`${crowd}: 25, all, the 41st`, ...(await measure(() => list.page({ size: 25, cursor })))]);
  }
  process.stdout.write(
    `Pages of people on ${engine.name}, ${repeats} times each\n` +
      textTable(["page", "p50 ms", "p95 ms", "calls", "read units"], rows),
  );
} finally {
  await engine.stop();
  rmSync(directory, { recursive: true });
}
