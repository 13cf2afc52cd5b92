import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import { eventsOf } from "../../../shared/events/derive-events.ts";
import { documents } from "../../support/store/documents.ts";
import { outputOf } from "../../support/stacks/stack-outputs.ts";
import { administer, signedInAdmin, signInAgain } from "../../support/people/administrators.ts";
import { call } from "../../support/calls/api.ts";
import { runCommand } from "../../support/calls/commands.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { expectRefused } from "../../support/assert/refusals.ts";
import { letterTo } from "../../support/mail/letters.ts";
import { allLettersSent } from "../../support/mail/mail-queue.ts";
import { importRows, personToImport } from "../../support/people/import-export.ts";
import { newPerson, register } from "../../support/people/people.ts";
import { presetAccount, presetSession } from "../../support/presets/presets.ts";
import { itemsOf } from "../../support/store/table-items.ts";
import { sharedStack } from "../../support/stacks/test-stack.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
let root: Awaited<ReturnType<typeof signedInAdmin>>;
beforeAll(async () => {
  stack = await sharedStack();
  root = await signedInAdmin(stack.folder);
});

const listOf = (lines: string[]): string => {
  const file = join(stack.folder, `${randomUUID()}.txt`);
  writeFileSync(file, lines.join("\n"));
  return file;
};
const run = (act: string, file: string, ...more: string[]) =>
  runCommand("bulk-users", [act, file, ...more], stack);
const stateOf = async ({ id }: { id: string }) => {
  const { status, body } = await administer(root, "getUser", { id });
  return status === 404 ? "deleted" : (body as { state: string }).state;
};

describe("npm run users:bulk", () => {
  it("changes nothing without --confirm", async () => {
    const [person, other] = [await presetSession(stack), await presetAccount(stack)];
    const file = listOf([person.id, other.email.toUpperCase()]);
    for (const [act, done] of [
      ["deactivate", "2 would be deactivated"],
      ["delete", "2 would be deleted"],
    ] as const) {
      const { code, stdout } = await run(act, file);
      expect([code, stdout]).toEqual([0, expect.stringContaining(done)]);
      expect(stdout).toContain("Nothing was changed.");
    }
    expect([await stateOf(person), await stateOf(other)]).toEqual(["active", "active"]);
  });

  it("deactivates at once, and tells what was done before", async () => {
    const [person, other, later] = [
      await presetSession(stack),
      await presetAccount(stack),
      await presetAccount(stack),
    ];
    const first = await run("deactivate", listOf(["", person.id, ` ${other.email} `]), "--confirm");
    expect(first, first.stderr).toMatchObject({ code: 0 });
    expect(first.stdout).toContain("2 deactivated, 0 already done, 0 not found, 0 refused");
    expectRefused(await call("getMe", undefined, { token: person.access }), "user_inactive");
    expectRefused(await call("refreshToken", { refresh: person.refresh }), "token_not_valid");
    const again = await run("deactivate", listOf([person.id, other.id, later.id]), "--confirm");
    expect(again.stdout).toContain("1 deactivated, 2 already done");
    await administer(root, "updateUser", { id: person.id, body: { is_active: true } });
    await signInAgain(person);
  });

  it("deletes with the same letter as an administrator", async () => {
    const person = await presetSession(stack);
    const file = listOf([person.email]);
    expect((await run("delete", file, "--confirm")).stdout).toContain("1 deleted");
    expect((await letterTo(person.email)).Subject).toContain("your account was deleted");
    expectRefused(await call("getMe", undefined, { token: person.access }), "user_not_found");
    expect(await stateOf(person)).toBe("deleted");
    expect((await run("delete", file, "--confirm")).stdout).toContain(
      "0 deleted, 0 already done, 1 not found",
    );
  });

  it("leaves administrators, registrations and frozen accounts alone", async () => {
    const [frozen, pending] = [await presetAccount(stack), await register()];
    const body = { new_email: newPerson().email, mailbox: "lost", current_password: root.password };
    expect((await administer(root, "setUserEmail", { id: frozen.id, body })).status).toBe(204);
    const lines = [root.email, pending.email, pending.id, frozen.id, "someone", "\ufeff"];
    const { code, stdout, stderr } = await run("deactivate", listOf(lines), "--confirm");
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining("0 deactivated, 0 already done, 2 not found"),
    ]);
    expect(stderr.trim().split("\n").toSorted()).toEqual([
      "line 1: This is an administrator. Remove them from staff first.",
      "line 4: This account is frozen until its new address is confirmed.",
      "line 5: Neither an id nor an email address.",
    ]);
    for (const text of [root.email, pending.email]) expect(stdout + stderr).not.toContain(text);
    expect([await stateOf(root), await stateOf(pending)]).toEqual(["active", "pending"]);
  });

  it("continues after it was killed", async () => {
    const people = Array.from({ length: 80 }, () => personToImport("pbkdf2, composed"));
    await importRows(
      stack.folder,
      people.map(({ row }) => row),
    );
    const emails = new Set(people.map(({ email }) => email));
    const disabled = async () =>
      (await itemsOf(stack, "UsersTable")).filter(
        (item) => emails.has(String(item["email"])) && item["status"] === "disabled",
      ).length;
    const file = listOf([...emails]);
    const killWhen = eventually(
      "a part of the work",
      async () => ((await disabled()) > 0 ? true : undefined),
      {
        pauseMilliseconds: 1,
      },
    );
    const killed = await runCommand("bulk-users", ["deactivate", file, "--confirm"], { ...stack, killWhen });
    expect(killed.code).toBe(null);
    // Writes that were under way when it was killed may still arrive.
    const before = await disabled();
    const { code, stdout } = await run("deactivate", file, "--confirm");
    const [, done, already] =
      /(\d+) deactivated, (\d+) already done, 0 not found, 0 refused/.exec(stdout) ?? [];
    expect([code, Number(done) + Number(already)]).toEqual([0, 80]);
    expect(Number(already)).toBeGreaterThanOrEqual(before);
    expect(await disabled()).toBe(80);
  });

  it("explains in one sentence why it can't start", async () => {
    for (const parameters of [[], ["deactivate"], ["ban", "file"], ["delete", "one", "two"]])
      expect(await runCommand("bulk-users", parameters, stack)).toMatchObject({
        code: 1,
        stdout: "",
        stderr: expect.stringMatching(/^Name an act and one file\. Usage: .*\n$/),
      });
  });
});

describe("npm run smoke", () => {
  const smoke = () => runCommand("smoke-test", [], stack);
  const simulated = async () => {
    const people = await itemsOf(stack, "UsersTable");
    return people.filter((item) => String(item["email"]).endsWith("@simulator.amazonses.com"));
  };

  it("signs in as a new person and leaves none", async () => {
    const { code, stdout, stderr } = await smoke();
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.match(/^ok {7}.*, \d+\.\d\d s$/gm)).toHaveLength(11);
    expect(stdout).toMatch(/The smoke test of the local stack has passed in \d/);
    await allLettersSent(stack);
    expect((await simulated()).filter(({ pk }) => !String(pk).startsWith("goodbye"))).toEqual([]);
  });

  it("removes what interrupted runs left, and no one else", async () => {
    const email = (label: string) => `success+${label}-${randomUUID()}@simulator.amazonses.com`;
    const name = () => `lit-auth-smoke-${randomUUID()}`;
    const left = await presetSession(stack, { username: name(), email: email("left") });
    const pending = await register(newPerson({ username: name(), email: email("pending") }));
    const kept = [
      await presetAccount(stack, { username: name(), email: email("staff"), isStaff: true }),
      await presetAccount(stack, { username: name() }),
      await presetAccount(stack, { email: email("other") }),
    ];
    const { code, stdout } = await smoke();
    expect([code, stdout]).toEqual([0, expect.stringContaining(" 2 removed\n")]);
    expect([await stateOf(left), await stateOf(pending)]).toEqual(["deleted", "deleted"]);
    for (const person of kept) expect(await stateOf(person)).toBe("active");
    const sessions = await itemsOf(stack, "SessionsTable");
    expect(sessions.filter(({ userId }) => userId === left.id)).toEqual([]);
  });
});

describe("npm run data:backfill", () => {
  it("fills what earlier versions lacked, changes nothing else, and causes no event", async () => {
    const person = await presetAccount(stack);
    const { addressKey } =
      (await itemsOf(stack, "UsersTable")).find(({ pk }) => pk === `user#${person.id}`) ?? {};
    const own = async () =>
      (await itemsOf(stack, "UsersTable")).filter(({ pk }) =>
        [`user#${person.id}`, `email#${addressKey}`, `username#${person.username}`].includes(String(pk)),
      );
    const complete = await own();
    expect(complete).toHaveLength(3);
    const added = new Set(["v", "version", "changedBy", "changedAt"]);
    const earlier = complete.map((item) =>
      Object.fromEntries(Object.entries(item).filter(([name]) => !added.has(name))),
    );
    for (const Item of earlier)
      await documents().send(new PutCommand({ TableName: outputOf(stack, "UsersTable"), Item }));
    const backfill = (...options: string[]) => runCommand("backfill", options, stack);
    expect((await backfill("--dry-run")).stdout).toMatch(/^\d+ items of the local stack would be filled/);
    expect(await own()).toEqual(earlier);
    expect((await backfill()).stdout).toMatch(/^\d+ items of the local stack are filled/);
    const filled = await own();
    const isAccount = ({ pk }: { pk?: unknown }) => String(pk).startsWith("user#");
    expect(filled).toEqual(
      earlier.map((item) => ({ ...item, v: 1, ...(isAccount(item) && { version: 0 }) })),
    );
    const images = { oldImage: earlier.find(isAccount), newImage: filled.find(isAccount) };
    expect(eventsOf({ ...images, streamArn: "arn", sequenceNumber: "1", at: 1 })).toEqual([]);
    expect((await backfill()).code).toBe(0);
    expect(await own()).toEqual(filled);
  });
});
