import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trimmedByPython } from "../../shared/hash-forms.ts";
import { call, succeed } from "../support/api.ts";
import { runCommand } from "../support/commands.ts";
import { djangoHashes } from "../support/django-hashes.ts";
import { expectRefused } from "../support/expect.ts";
import { signInAgain } from "../support/administrators.ts";
import { lettersTo } from "../support/mailbox.ts";
import { activated, newPerson, signedIn, type Person } from "../support/people.ts";
import { startStackInFolder, type StackInFolder } from "../support/stack-in-folder.ts";

const floorMilliseconds = 900;
const ours = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

let stack: StackInFolder;
let log = "";
beforeAll(async () => {
  stack = await startStackInFolder({
    settings: { REFUSAL_FLOOR_MILLISECONDS: String(floorMilliseconds) },
    onLog: (_, line) => {
      log += `${line}\n`;
    },
  });
});
afterAll(() => stack.remove());

const upgradesOf = (id: string) =>
  log.split("\n").filter((line) => line.includes("password_upgraded") && line.includes(id)).length;

type Row = Record<string, unknown>;

const hashOf = (what: string) => {
  const found = djangoHashes.find((hash) => hash.what === what);
  if (!found) throw new Error(`no such hash: ${what}`);
  return found;
};

/** Somebody of the original: what he types there, and his line. */
const brought = (what: string, changes: Row = {}) => {
  const { typed, passwordHash } = hashOf(what);
  const person = newPerson({ password: typed });
  const { username, email } = person;
  return { ...person, row: { username, email, password_hash: passwordHash, ...changes } };
};

const importRows = async (rows: (Row | string)[], folder = stack.folder) => {
  const file = join(folder, `${randomUUID()}.jsonl`);
  writeFileSync(file, rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row))).join("\n"));
  const ended = await runCommand("import-users", [file], { folder });
  for (const row of rows)
    if (typeof row === "object")
      for (const secret of [row["email"], row["password_hash"], row["username"]])
        if (typeof secret === "string" && secret.length > 4)
          expect(ended.stdout + ended.stderr).not.toContain(secret);
  return { ...ended, file };
};

const exported = async (): Promise<Map<unknown, Row>> => {
  const file = join(stack.folder, `${randomUUID()}.jsonl`);
  expect(await runCommand("export-users", [file], stack)).toMatchObject({ code: 0, stderr: "" });
  const rows = readFileSync(file, "utf8").trim().split("\n");
  return new Map(rows.map((line) => JSON.parse(line) as Row).map((row) => [row["email"], row]));
};
const storedHash = async ({ email }: Person) => (await exported()).get(email)?.["password_hash"];

const ask = ({ email, password }: Pick<Person, "email" | "password">) =>
  call("requestOtp", { email, password });

describe("people brought over from Django", () => {
  it("sign in with their password, which gets a hash of ours, and again with that", async () => {
    const people = ["pbkdf2 of Django 5.2", "argon2id", "argon2i of Django 2"].map((what) => brought(what));
    const { code, stdout } = await importRows(people.map(({ row }) => row));
    expect([code, stdout]).toEqual([0, expect.stringContaining("3 imported, 0 already there, 0 refused")]);
    expect(stdout).toContain("3 of them have hashes");
    const tokens = await Promise.all(people.map(signInAgain));
    const rows = await exported();
    await Promise.all(
      people.map(async (person, index) => {
        const { id } = await succeed("getMe", undefined, { token: tokens[index]!.access });
        expect(rows.get(person.email)).toMatchObject({ id, password_hash: expect.stringMatching(ours) });
        expect(upgradesOf(id)).toBe(1);

        await signInAgain(person);
        expect((await ask({ ...person, password: `${person.password}x` })).status).toBe(401);
        // The password is the same: nothing of before ends.
        await succeed("refreshToken", { refresh: tokens[index]!.refresh });
        expect(upgradesOf(id)).toBe(1);
      }),
    );
  });

  it("keep what Django had made of a password: trimmed, not normalised, of any length", async () => {
    const people = djangoHashes
      .map(({ what }) => what)
      .filter((what) => /spaces|separators|composed|300/.test(what))
      .map((what) => brought(what));
    expect((await importRows(people.map(({ row }) => row))).code).toBe(0);
    await Promise.all(
      people.map(async (person) => {
        expect((await ask(person)).status, person.password).toBe(200);
        // From here on it is as typed, without the spaces, and in any composition.
        const password = trimmedByPython(person.password);
        for (const form of ["NFC", "NFD"] as const)
          expect((await ask({ ...person, password: password.normalize(form) })).status).toBe(200);
        if (password !== person.password) expect((await ask(person)).status).toBe(401);
      }),
    );
  });

  it("have their hash replaced once, and are sent a code each time, however many sign in at once", async () => {
    const person = brought("pbkdf2 of Django 3.2");
    await importRows([person.row]);
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(person)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await storedHash(person)).toMatch(ours);
    await signInAgain(person);
  });

  it("keep the hash that they have when they are disabled or type something else", async () => {
    const [person, disabled] = [brought("argon2id"), brought("argon2id", { state: "disabled" })];
    await importRows([person.row, disabled.row]);
    expectRefused(await ask({ ...person, password: "something else" }), "no_active_account");
    expectRefused(await ask(disabled), "no_active_account");
    const rows = await exported();
    for (const { email, row } of [person, disabled])
      expect(rows.get(email)?.["password_hash"]).toBe(row.password_hash);
    expect(await lettersTo(disabled.email)).toEqual([]);
  });

  it("who have no password there have none here", async () => {
    const person = brought("argon2id", { password_hash: "!3RJPOPA7eOp0DHJKuAspO9N7GVOWBz0UKfvqakLy" });
    expect((await importRows([person.row])).code).toBe(0);
    expectRefused(await ask(person), "no_active_account");
    expectRefused(await ask({ ...person, password: "!" }), "no_active_account");
  });
});

describe("the floor", () => {
  it("hides who was imported: every refusal takes at least as long, and they take the same time", async () => {
    const imported = brought("pbkdf2 of Django 3.2");
    await importRows([imported.row]);
    const people = { imported, ours: await activated(), unknown: newPerson() };
    const times: Record<string, number[]> = { imported: [], ours: [], unknown: [] };
    for (let round = 0; round < 4; round += 1)
      await Promise.all(
        Object.entries(people).map(async ([kind, { email }]) => {
          const start = performance.now();
          expectRefused(await ask({ email, password: "wrong in any case" }), "no_active_account");
          times[kind]?.push(performance.now() - start);
        }),
      );
    // Noise only ever adds: the quickest of several is what the code does.
    const quickest = Object.values(times).map((all) => Math.min(...all));
    for (const milliseconds of quickest) expect(milliseconds).toBeGreaterThanOrEqual(floorMilliseconds - 1);
    // Unhidden, the imported one takes some 100 ms longer than the others.
    expect(Math.max(...quickest) - Math.min(...quickest)).toBeLessThan(50);
  });
});

describe("npm run users:import", () => {
  it("names each bad line by number, field and rule, and brings the others in", async () => {
    const [good, other, there] = [brought("argon2id"), brought("argon2id"), await signedIn()];
    const { row } = good;
    const { code, stdout, stderr } = await importRows([
      `\uFEFF${JSON.stringify(row)}`,
      "",
      "not JSON: someone@example.com",
      '["a list"]',
      {},
      { ...other.row, email: "nobody at all", is_staff: "yes" },
      { ...other.row, password_hash: "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99" },
      { ...other.row, password_hash: row.password_hash.replace("m=102400", "m=9999999") },
      { ...other.row, id: 17, state: "someone@example.com", created: "yesterday" },
      { ...other.row, created: "2999-01-01T00:00:00Z", first_name: "x".repeat(151) },
      { ...other.row, email: there.email },
      { ...brought("argon2id").row, username: there.username.toUpperCase() },
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
        "line 7: password_hash: No password can be checked against this.",
        "line 8: password_hash: Checking a password against this costs too much.",
        "line 9: created: Enter a time such as 2026-11-22T20:15:00Z.",
        "line 9: id: Must be a valid UUID.",
        "line 9: state: Must be active or disabled.",
        "line 10: created: Must lie in the past.",
        "line 10: first_name: Ensure this field has no more than 150 characters.",
        "line 11: email: Another account has this address.",
        "line 12: username: A user with that username already exists.",
        "line 13: id: Another account has this id.",
      ].toSorted(),
    );
    await signInAgain(good);
    await signInAgain(other);
    await succeed("getMe", undefined, { token: there.access });
  });

  it("leaves whoever is in as he is, and takes two people of one address for two", async () => {
    const person = brought("argon2id");
    await importRows([person.row]);
    await signInAgain(person);
    const again = await importRows([
      { ...person.row, first_name: "Changed" },
      { ...brought("argon2id").row, email: person.email.toUpperCase() },
    ]);
    expect(again.code).toBe(1);
    expect(again.stdout).toContain("0 imported, 1 already there, 1 refused");
    expect(again.stderr).toBe("line 2: email: Another account has this address.\n");
    expect((await exported()).get(person.email)).toMatchObject({
      first_name: "",
      password_hash: expect.stringMatching(ours),
    });
  });

  it("says in one sentence what keeps it from beginning", async () => {
    const missing = await runCommand("import-users", [join(stack.folder, "nothing.jsonl")], stack);
    expect(missing).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("ENOENT") });
    const unnamed = await runCommand("import-users", [], stack);
    expect(unnamed).toMatchObject({ code: 1, stderr: expect.stringContaining("npm run users:import") });
  });
});

it("nothing that people typed and no hash stands in a log", () => {
  expect(log.includes("password_upgraded")).toBe(true);
  for (const { typed, passwordHash } of djangoHashes)
    for (const secret of [typed, passwordHash])
      expect(log.includes(JSON.stringify(secret).slice(1, -1)), secret).toBe(false);
  expect(/argon2id\$v|pbkdf2_sha256|someone@/.exec(log)).toBe(null);
});
