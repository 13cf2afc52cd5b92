import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signInAgain } from "../../support/people/administrators.ts";
import { call, succeed } from "../../support/calls/api.ts";
import { personToImport, exportedRows, importRows, type Row } from "../../support/people/import-export.ts";
import { runCommand } from "../../support/calls/commands.ts";
import { djangoHashes } from "../../support/people/django-hashes.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { activated, register, signedIn } from "../../support/people/people.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";

const quickHash = djangoHashes.find(({ what }) => what === "pbkdf2, composed")!;
const many = 1_300;

const rows = Array.from({ length: many }, (_, index): Row => ({
  id: randomUUID(),
  email: `Person.${index}@Example.com`,
  username: `person-${index}`,
  password_hash: quickHash.passwordHash,
  first_name: "Zoë",
  last_name: `"${index}"\u2028of \u{1f98a}`,
  ...(index % 3 > 0 && { locale: index % 3 === 1 ? "ar" : "de" }),
  state: index % 10 === 3 ? "disabled" : "active",
  is_staff: index % 500 === 4,
  created: new Date(1_600_000_000_000 + index * 86_400_000).toISOString(),
}));

let stack: TestStack;
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
  stack = await startTestStack();
  input = join(stack.folder, "people.jsonl");
  writeFileSync(input, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
});
afterAll(() => stack.remove());

it("a killed import continues without losing or doubling accounts", async () => {
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

it("a killed export continues, with every account once and unchanged", async () => {
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
  // Everything after the last complete page is written again, even half a line.
  writeFileSync(file, '{"id": "hal', { flag: "a" });
  const { code, stdout, stderr } = await runCommand("export-users", [file], stack);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(existsSync(`${file}.checkpoint`)).toBe(false);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const all = linesOf(file);
  expect(stdout).toContain(`Exported ${all.length.toLocaleString("en-US")} accounts`);
  const brought = all.filter(({ id }) => id !== account.id);
  const upgraded = (row: Row) => ({ ...row, password_hash: String(row["password_hash"]).slice(0, 14) });
  const upgradedId = rows.findLast(({ state }) => state === "active")?.["id"];
  expect(byId(brought).filter(({ id }) => id !== upgradedId)).toEqual(
    byId(rows).filter(({ id }) => id !== upgradedId),
  );
  expect(brought.filter(({ id }) => id === upgradedId).map(upgraded)).toMatchObject([
    { password_hash: "$argon2id$v=19" },
  ]);
  expect(all.some(({ email }) => email === registration.email)).toBe(false);

  const again = await runCommand("import-users", [file], stack);
  expect(again.stdout).toContain(
    `0 imported, ${all.length.toLocaleString("en-US")} already there, 0 refused`,
  );
  expect(await runCommand("export-users", [file], stack)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("already exists"),
  });
});

describe("npm run users:import", () => {
  it("names each bad line's number, field and rule, importing the others", async () => {
    const [good, other, there] = [personToImport("argon2id"), personToImport("argon2id"), await signedIn()];
    const { row } = good;
    const { code, stdout, stderr } = await importRows(stack.folder, [
      `\uFEFF${JSON.stringify(row)}`,
      "",
      "not JSON: someone@example.com",
      '["a list"]',
      {},
      { ...other.row, email: "nobody at all", is_staff: "yes" },
      { ...other.row, password_hash: "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99" },
      { ...other.row, password_hash: row.password_hash.replace("m=102400", "m=9999999") },
      { ...other.row, id: 17, state: "someone@example.com", created: "yesterday" },
      { ...other.row, created: "2999-01-01T00:00:00Z", first_name: "x".repeat(151), locale: "xx" },
      { ...other.row, email: there.email },
      { ...personToImport("argon2id").row, username: there.username.toUpperCase() },
      { ...other.row, id: there.id },
      other.row,
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain("2 imported, 0 already there, 11 refused");
    const required = "This field is required.";
    expect(stderr.trim().split("\n").toSorted()).toEqual(
      [
        "line 3: Not a JSON object.",
        "line 4: Not a JSON object.",
        `line 5: email: ${required}`,
        `line 5: password_hash: ${required}`,
        `line 5: username: ${required}`,
        "line 6: email: Enter a valid email address.",
        "line 6: is_staff: Must be a valid boolean.",
        "line 7: password_hash: This hash format is not supported.",
        "line 8: password_hash: This hash is too expensive to verify.",
        "line 9: created: Enter a time such as 2026-11-22T20:15:00Z.",
        "line 9: id: Must be a valid UUID.",
        "line 9: state: Must be active or disabled.",
        "line 10: created: Must be in the past.",
        "line 10: first_name: Ensure this field has no more than 150 characters.",
        "line 10: locale: Must be one of en, de, fr, es, ar.",
        "line 11: email: Another account has this address.",
        "line 12: username: A user with that username already exists.",
        "line 13: id: Another account has this id.",
      ].toSorted(),
    );
    await signInAgain(good);
    await signInAgain(other);
    await succeed("getMe", undefined, { token: there.access });
  });

  it("leaves existing accounts unchanged and refuses another with the same address", async () => {
    const person = personToImport("argon2id");
    await importRows(stack.folder, [person.row]);
    await signInAgain(person);
    const again = await importRows(stack.folder, [
      { ...person.row, first_name: "Changed" },
      { ...personToImport("argon2id").row, email: person.email.toUpperCase() },
    ]);
    expect(again.code).toBe(1);
    expect(again.stdout).toContain("0 imported, 1 already there, 1 refused");
    expect(again.stderr).toBe("line 2: email: The account of line 1 has this address.\n");
    const rows = await exportedRows(stack.folder);
    expect(rows.get(person.email)).toMatchObject({
      first_name: "",
      password_hash: expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/),
    });
  });

  it("takes the first of several lines with one address, username or id", async () => {
    const of = (changes: Row): Row => personToImport("pbkdf2, composed", changes).row;
    const firsts = Array.from({ length: 12 }, (_, index) =>
      of({ id: randomUUID(), email: `Twin.${index}@BÜCHER.example`, username: `twin-straße-${index}` }),
    );
    const laters = firsts.flatMap(({ id, username }, index) => [
      of({ email: `twin.${index}@xn--bcher-kva.example`, first_name: "Later" }),
      of({ username: String(username).toUpperCase() }),
      of({ id }),
    ]);
    const refused = of({ email: `twin.0@bücher.example`, username: `new-${randomUUID()}`, id: "no id" });
    const lines = [refused, ...firsts, ...laters];
    const expected = firsts.flatMap((_, index) => {
      const [line, held] = [index * 3 + 14, `The account of line ${index + 2} has this`];
      return [
        `line ${line}: email: ${held} address.`,
        `line ${line + 1}: username: ${held} username.`,
        `line ${line + 2}: id: ${held} id.`,
      ];
    });
    for (const counts of ["12 imported, 0 already there", "0 imported, 12 already there"]) {
      const { code, stdout, stderr } = await importRows(stack.folder, lines);
      expect([code, stdout]).toEqual([1, expect.stringContaining(`${counts}, 37 refused`)]);
      expect(stderr.trim().split("\n").toSorted()).toEqual(
        ["line 1: id: Must be a valid UUID.", ...expected].toSorted(),
      );
    }
  });

  it("explains in one sentence why it can't start", async () => {
    const missing = join(stack.folder, "nothing.jsonl");
    for (const [file, sentence] of [
      [missing, `There is no file ${missing}.\n`],
      [stack.folder, `${stack.folder} is a folder. Name a file.\n`],
    ] as const)
      expect(await runCommand("import-users", [file], stack)).toEqual({
        code: 1,
        stdout: "",
        stderr: sentence,
      });
    const unnamed = await runCommand("import-users", [], stack);
    expect(unnamed).toMatchObject({ code: 1, stderr: expect.stringContaining("npm run users:import") });
  });
});
