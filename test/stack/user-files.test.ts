import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { call } from "../support/api.ts";
import { runCommand } from "../support/commands.ts";
import { djangoHashes } from "../support/django-hashes.ts";
import { eventually } from "../support/eventually.ts";
import { activated, register } from "../support/people.ts";
import { startStackInFolder, type StackInFolder } from "../support/stack-in-folder.ts";

const quickHash = djangoHashes.find(({ what }) => what === "pbkdf2, composed")!;
const many = 1_300;

type Row = Record<string, unknown>;
const rows = Array.from({ length: many }, (_, index): Row => ({
  id: randomUUID(),
  email: `Person.${index}@Example.com`,
  username: `person-${index}`,
  password_hash: quickHash.passwordHash,
  first_name: "Zoë",
  last_name: `"${index}"\u2028of \u{1f98a}`,
  state: index % 10 === 3 ? "disabled" : "active",
  is_staff: index % 500 === 4,
  created: new Date(1_600_000_000_000 + index * 86_400_000).toISOString(),
}));

let stack: StackInFolder;
let input: string;
const importFile = (killWhen?: string) =>
  runCommand("import-users", [input], { ...stack, ...(killWhen !== undefined && { killWhen }) });
const linesOf = (file: string): Row[] =>
  readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
const byId = (rows: Row[]) =>
  rows.toSorted((one, other) => String(one["id"]).localeCompare(String(other["id"])));

beforeAll(async () => {
  stack = await startStackInFolder();
  input = join(stack.folder, "people.jsonl");
  writeFileSync(input, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
});
afterAll(() => stack.remove());

it("an import that was killed goes on when it is run again, with nobody lost or doubled", async () => {
  const killed = await importFile("1,000 lines");
  expect(killed).toMatchObject({ code: null, stdout: "" });
  const { code, stdout } = await importFile();
  expect(code).toBe(0);
  const [imported = 0, there = 0, refused] = [...stdout.replaceAll(",", "").matchAll(/\d+(?= [iar])/g)].map(
    Number,
  );
  expect(refused).toBe(0);
  expect(there).toBeGreaterThanOrEqual(900);
  expect(imported).toBeGreaterThan(0);
  expect(imported + there).toBe(rows.length);
  const last = rows.findLast(({ state }) => state === "active");
  expect((await call("requestOtp", { email: last?.["email"], password: quickHash.typed })).status).toBe(200);
});

it("an export that was killed goes on too, and holds every account once and as it was brought, for its owner only", async () => {
  const [account, registration] = [await activated(), await register()];
  const file = join(stack.folder, "out.jsonl");
  const underWay = eventually(
    "a part of the export",
    () => (existsSync(`${file}.checkpoint`) && statSync(file).size > 0 ? true : undefined),
    { pauseMilliseconds: 1 },
  );
  const killed = await runCommand("export-users", [file], { ...stack, killWhen: underWay });
  expect(killed).toMatchObject({ code: null, stdout: "" });
  for (const kept of [file, `${file}.checkpoint`]) expect(statSync(kept).mode & 0o777).toBe(0o600);
  // What came after the last sure page, half a line even, comes again.
  writeFileSync(file, '{"id": "hal', { flag: "a" });
  const { code, stdout, stderr } = await runCommand("export-users", [file], stack);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(existsSync(`${file}.checkpoint`)).toBe(false);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const all = linesOf(file);
  expect(stdout).toContain(`Exported ${all.length.toLocaleString("en-US")} accounts`);
  const brought = all.filter(({ id }) => id !== account.id);
  const upgraded = (row: Row) => ({ ...row, password_hash: String(row["password_hash"]).slice(0, 14) });
  const signedIn = rows.findLast(({ state }) => state === "active")?.["id"];
  expect(byId(brought).filter(({ id }) => id !== signedIn)).toEqual(
    byId(rows).filter(({ id }) => id !== signedIn),
  );
  expect(brought.filter(({ id }) => id === signedIn).map(upgraded)).toMatchObject([
    { password_hash: "$argon2id$v=19" },
  ]);
  expect(all.some(({ email }) => email === registration.email)).toBe(false);

  const again = await runCommand("import-users", [file], stack);
  expect(again.stdout).toContain(
    `0 imported, ${all.length.toLocaleString("en-US")} already there, 0 refused`,
  );
  expect(await runCommand("export-users", [file], stack)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("is there already"),
  });
});
