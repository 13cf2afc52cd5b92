import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trimmedByPython } from "../../../shared/passwords/hash-forms.ts";
import { signInAgain } from "../../support/people/administrators.ts";
import { call, succeed } from "../../support/calls/api.ts";
import { personToImport, exportedRows, importRows } from "../../support/people/import-export.ts";
import { djangoHashes } from "../../support/people/django-hashes.ts";
import { expectRefused } from "../../support/assert/refusals.ts";
import { lettersTo } from "../../support/mail/letters.ts";
import { activated, newPerson, register, type Person } from "../../support/people/people.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";

const floorMilliseconds = 1_200;
const ours = /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/;

let stack: TestStack;
let log = "";
beforeAll(async () => {
  stack = await startTestStack({
    settings: { REFUSAL_FLOOR_MILLISECONDS: String(floorMilliseconds) },
    // Three requests are timed side by side.
    concurrencyPerFunction: 3,
    onLog: (_, line) => {
      log += `${line}\n`;
    },
  });
});
afterAll(() => stack.remove());

const upgradesOf = (id: string) =>
  log.split("\n").filter((line) => line.includes("password_upgraded") && line.includes(id)).length;

const bring = (...rows: Parameters<typeof importRows>[1]) => importRows(stack.folder, rows);
const exported = () => exportedRows(stack.folder);

const ask = ({ email, password }: Pick<Person, "email" | "password">) =>
  call("requestOtp", { email, password });

describe("imported user", () => {
  it("signs in with their password, which gets our hash", async () => {
    const people = [
      "pbkdf2 of Django 5.2",
      "argon2i of Django 2",
      "scrypt of Django 5.2",
      "pbkdf2_sha1 of Django 5.2",
      "bcrypt, decomposed",
      "$2a$ of cost 10, a space after it",
    ].map((what) => personToImport(what));
    const { code, stdout } = await bring(...people.map(({ row }) => row));
    expect([code, stdout]).toEqual([0, expect.stringContaining("6 imported, 0 already there, 0 refused")]);
    expect(stdout).toContain("6 of them have hashes");
    const tokens = await Promise.all(people.map(signInAgain));
    const rows = await exported();
    await Promise.all(
      people.map(async (person, index) => {
        const { id } = await succeed("getMe", undefined, { token: tokens[index]!.access });
        expect(rows.get(person.email)).toMatchObject({ id, password_hash: expect.stringMatching(ours) });
        expect(upgradesOf(id)).toBe(1);

        await signInAgain(person);
        expect((await ask({ ...person, password: `${person.password}x` })).status).toBe(401);
        // The password is the same, so the session goes on.
        await succeed("refreshToken", { refresh: tokens[index]!.refresh });
        expect(upgradesOf(id)).toBe(1);
      }),
    );
  });

  it("signs in with passwords trimmed but not normalised, as in Django [ASVS 6.2.8]", async () => {
    const people = djangoHashes
      .map(({ what }) => what)
      .filter((what) => /^(pbkdf2|argon2id), .*(spaces|separators|composed|300)/.test(what))
      .map((what) => personToImport(what));
    expect((await bring(...people.map(({ row }) => row))).code).toBe(0);
    await Promise.all(
      people.map(async (person) => {
        expect((await ask(person)).status, person.password).toBe(200);
        // From here on the password is checked as typed: without the spaces, in any composition.
        const password = trimmedByPython(person.password);
        for (const form of ["NFC", "NFD"] as const)
          expect((await ask({ ...person, password: password.normalize(form) })).status).toBe(200);
        if (password !== person.password) expect((await ask(person)).status).toBe(401);
      }),
    );
  });

  it("gets a code from each of several concurrent sign-ins, and one upgrade", async () => {
    const person = personToImport("pbkdf2 of Django 3.2");
    await bring(person.row);
    const answers = await Promise.all(Array.from({ length: 4 }, () => ask(person)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect((await exported()).get(person.email)).toMatchObject({
      password_hash: expect.stringMatching(ours),
    });
    const { access } = await signInAgain(person);
    const { id } = await succeed("getMe", undefined, { token: access });
    expect(upgradesOf(id)).toBe(1);
  });

  it("keeps the imported hash when disabled or with another password", async () => {
    const [person, disabled] = [
      personToImport("argon2id"),
      personToImport("argon2id", { state: "disabled" }),
    ];
    await bring(person.row, disabled.row);
    expectRefused(await ask({ ...person, password: "something else" }), "no_active_account");
    expectRefused(await ask(disabled), "no_active_account");
    const rows = await exported();
    for (const { email, row } of [person, disabled])
      expect(rows.get(email)?.["password_hash"]).toBe(row.password_hash);
    expect(await lettersTo(disabled.email)).toEqual([]);
  });

  it("has no password here without one in Django", async () => {
    const person = personToImport("argon2id", { password_hash: "!3RJPOPA7eOp0DHJKuAspO9N7GVOWBz0UKfvqakLy" });
    expect((await bring(person.row)).code).toBe(0);
    expectRefused(await ask(person), "no_active_account");
    expectRefused(await ask({ ...person, password: "!" }), "no_active_account");
  });
});

describe("refusal floor", () => {
  // Noise only adds time, so the quickest of several rounds shows what the code does. Without the
  // floor, an imported hash takes 200 ms longer than ours on a quiet machine, in every round.
  const expectAlike = async (attempts: Record<string, () => Promise<unknown>>) => {
    const quickest = Object.keys(attempts).map(() => Infinity);
    // No more rounds, because ten wrong passwords reach another limit.
    for (let round = 0; round < 9; round += 1) {
      await Promise.all(
        Object.values(attempts).map(async (attempt, index) => {
          const start = performance.now();
          await attempt();
          quickest[index] = Math.min(quickest[index] ?? Infinity, performance.now() - start);
        }),
      );
      if (Math.max(...quickest) - Math.min(...quickest) < 50) break;
    }
    expect(Math.max(...quickest) - Math.min(...quickest)).toBeLessThan(50);
    for (const milliseconds of quickest) expect(milliseconds).toBeGreaterThanOrEqual(floorMilliseconds - 1);
  };
  const imported = async () => {
    const person = personToImport("bcrypt of Django 5.2");
    await bring(person.row);
    return person;
  };

  it("makes refusals equally slow for imported, own and unknown accounts", async () => {
    const refused =
      ({ email }: Person) =>
      async () =>
        expectRefused(await ask({ email, password: "wrong in any case" }), "no_active_account");
    await expectAlike({
      imported: refused(await imported()),
      ours: refused(await activated()),
      unknown: refused(newPerson()),
    });
  });

  it("hides imported accounts from strangers who register the same address", async () => {
    const registered = async ({ email }: Person) => {
      const mine = await register(newPerson({ email }));
      return async () => expect((await ask(mine)).status).toBe(200);
    };
    await expectAlike({
      imported: await registered(await imported()),
      unknown: await registered(newPerson()),
    });
  });
});

it("passwords and hashes of imported users appear in no log", () => {
  expect(log.includes("password_upgraded")).toBe(true);
  for (const { typed, passwordHash } of djangoHashes)
    for (const secret of [typed, passwordHash])
      expect(log.includes(JSON.stringify(secret).slice(1, -1)), secret).toBe(false);
  expect(/argon2id\$v|pbkdf2_sha|\$2[aby]\$|scrypt\$|someone@/.exec(log)).toBe(null);
});
