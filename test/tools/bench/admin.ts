// `npm run bench:admin [-- <people> ...]` measures what a page of people costs among 5,000 and
// 100,000 people, or the given numbers, on an engine without functions: time, calls, and the units
// that DynamoDB would bill for indexes and table. Then it measures changes of a person. The people
// are written directly to the table, with the items that the application would write.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import * as z from "zod";
import { startDynamoDbEngine } from "../../../infra/local/engines/dynamodb-engine.ts";
import { createTables } from "../../../infra/local/engines/create-tables.ts";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { freshenBundles } from "../../../infra/bundling/fresh-bundles.ts";
import { readSettings } from "../../../infra/settings/settings.ts";
import { synthesise } from "../../../infra/synthesise.ts";
import { deliveryStore } from "../../../shared/delivery/delivery-store.ts";
import { nowSeconds } from "../../../shared/platform/clock.ts";
import { documents } from "../../support/store/documents.ts";
import { interceptCalls } from "../../support/store/intercepted-calls.ts";
import { readCommandLine } from "../../../infra/command-line/command-line.ts";
import { userUpdateStore, type Changes } from "../../../shared/accounts/user-update-store.ts";
import { operator } from "../../../shared/events/actor.ts";
import { shownPeople } from "../../../shared/admin/person-fields.ts";
import { personList, type ListRequest, type PersonList } from "../../../shared/admin/person-list.ts";
import { activeUser, listedPerson } from "../../support/people/stored-people.ts";
import { textTable } from "./text-table.ts";

const namedCrowds = readCommandLine("bench:admin").operands.map(Number);
const crowds = namedCrowds.length > 0 ? namedCrowds : [5_000, 100_000];
const repeats = 50;
const batch = 25;
const atOnce = 8;

const meter = { calls: 0, indexUnits: 0, tableUnits: 0 };

const units = z.object({ CapacityUnits: z.number() });
const capacity = z.object({
  Table: units.default({ CapacityUnits: 0 }),
  GlobalSecondaryIndexes: z.record(z.string(), units).default({}),
});

/** Makes every call report its consumed capacity, and adds it up. */
const measureUnits = () => {
  interceptCalls(async ({ input }, send) => {
    Object.assign(input, { ReturnConsumedCapacity: "INDEXES" });
    const answer = await send();
    const consumed = Object.entries(answer).find(([name]) => name === "ConsumedCapacity")?.[1];
    meter.calls += 1;
    for (const { Table, GlobalSecondaryIndexes } of [consumed ?? []]
      .flat()
      .map((one) => capacity.parse(one))) {
      meter.tableUnits += Table.CapacityUnits;
      for (const index of Object.values(GlobalSecondaryIndexes)) meter.indexUnits += index.CapacityUnits;
    }
    return answer;
  });
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
          await documents().send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
      }),
    );
};

const measure = async (work: () => Promise<unknown>) => {
  await work();
  Object.assign(meter, { calls: 0, indexUnits: 0, tableUnits: 0 });
  const times: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  const perRun = [meter.calls, meter.indexUnits, meter.tableUnits].map((sum) => (sum / repeats).toFixed(1));
  return [at(0.5), at(0.95), ...perRun];
};

const requests: Record<string, ListRequest> = {
  "25, all": { size: 25 },
  "25, active": { size: 25, state: "active" },
  "25, disabled": { size: 25, state: "disabled" },
  "25, pending": { size: 25, state: "pending" },
  "25, address 00…": { size: 25, addressPrefix: "00" },
  "100, all": { size: 100 },
  "100, active": { size: 100, state: "active" },
};

const cursorAfter = async (pages: number, list: PersonList): Promise<string | undefined> => {
  let cursor: string | undefined;
  for (let read = 0; read < pages; read += 1) {
    const page = await list.page({ size: 25, cursor });
    cursor = typeof page === "string" ? undefined : (page.next ?? undefined);
  }
  return cursor;
};

const shownPage = async (list: PersonList, request: ListRequest) => {
  const page = await list.page(request);
  if (typeof page === "string") throw new Error(page);
  return shownPeople(page.people, { deliveries: deliveryStore() });
};

/** Each change alternates between two values, so that every write changes something. */
const changes: Record<string, [Changes, Changes]> = {
  "first name": [{ firstName: "Ada" }, { firstName: "Augusta" }],
  username: [{ username: "ada" }, { username: "augusta" }],
  status: [{ status: "disabled" }, { status: "active" }],
  rank: [{ isStaff: true }, { isStaff: false }],
};

const measureChange = async ([there, back]: [Changes, Changes]) => {
  let user = await activeUser(nowSeconds);
  let next = there;
  return measure(async () => {
    const changed = await userUpdateStore().change(user, next, operator);
    if (typeof changed === "string") throw new Error(changed);
    [user, next] = [changed, next === there ? back : there];
  });
};

const directory = mkdtempSync(join(tmpdir(), "lit-auth-bench-"));
await freshenBundles();
const engine = await startDynamoDbEngine(directory);
try {
  const templates = loadTemplates(
    synthesise(readSettings({ MAIL_FROM: "no-reply@example.com" })),
    engine.url,
  );
  await createTables(templates, engine);
  const names = templates.ofType("AWS::DynamoDB::Table").map((table) => table.identity().ref);
  const table = names.find((name) => name.includes("Users")) ?? "";
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: engine.accessKeyId,
    AWS_SECRET_ACCESS_KEY: "bench",
    AWS_ENDPOINT_URL_DYNAMODB: engine.url,
    USERS_TABLE: table,
  });
  measureUnits();
  const list = personList();
  const rows: string[][] = [];
  let written = 0;
  for (const crowd of crowds) {
    await addPeople(table, written, crowd);
    written = crowd;
    for (const [name, request] of Object.entries(requests))
      rows.push([`${crowd}: ${name}`, ...(await measure(() => shownPage(list, request)))]);
    const cursor = await cursorAfter(40, list);
    rows.push([
      `${crowd}: 25, all, the 41st`,
      ...(await measure(() => shownPage(list, { size: 25, cursor }))),
    ]);
  }
  const changeRows: string[][] = [];
  for (const [name, change] of Object.entries(changes))
    changeRows.push([name, ...(await measureChange(change))]);
  const head = ["p50 ms", "p95 ms", "calls", "index units", "table units"];
  process.stdout.write(
    `${engine.name}, each row repeated ${repeats} times\n` +
      textTable(["page", ...head], rows) +
      textTable(["change", ...head], changeRows),
  );
} finally {
  await engine.stop();
  rmSync(directory, { recursive: true });
}
