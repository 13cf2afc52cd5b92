// Tests what people and functions notice when keys are rotated or revoked.
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BatchWriteCommand } from "@aws-sdk/lib-dynamodb";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlesDirectory } from "../../../infra/bundling/bundle-functions.ts";
import { call, succeed } from "../../support/calls/api.ts";
import { runCommand } from "../../support/calls/commands.ts";
import { expectRefused } from "../../support/assert/refusals.ts";
import { outputOf } from "../../support/stacks/stack-outputs.ts";
import { codeTo } from "../../support/mail/letters.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";
import { administer, createAdministrator, signInAgain } from "../../support/people/administrators.ts";
import { newPassword } from "../../support/people/credentials.ts";
import { activated, register, signedIn, signIn, type Person } from "../../support/people/people.ts";
import { createTableLike } from "../../support/store/create-table-like.ts";
import { documents } from "../../support/store/documents.ts";
import { itemsOf } from "../../support/store/table-items.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { keySecretsOf } from "../../support/calls/key-secrets.ts";

type SignedIn = Awaited<ReturnType<typeof signedIn>>;

let stack: TestStack;
let secrets: ReturnType<typeof keySecretsOf>;
beforeAll(async () => {
  stack = await startTestStack();
  secrets = keySecretsOf(stack);
});
afterAll(() => stack.remove());

// Makes these functions forget what they have in memory, as five minutes or a deployment would.
const renew = (...functions: string[]) =>
  stack.replaceExecutionEnvironments(functions.map((name) => join(bundlesDirectory, name)));
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const publishedKids = async () => {
  renew("get-keys");
  return (await succeed("getKeys")).keys.map(({ kid }) => kid);
};
// Runs single steps of a rotation of the signing keys, as Secrets Manager does.
const rotationWith = (ClientRequestToken: string) => (Step: string) =>
  stack.invoke("RotateKeys", { SecretId: outputOf(stack, "SigningKeysArn"), ClientRequestToken, Step });

describe("signing key rotation", () => {
  it("signs with a key published before, and keeps publishing the old", async () => {
    const person = await activated();
    const before = await publishedKids();
    const { access: oldToken } = await signIn(person);
    await secrets.rotate("SigningKeys");
    renew("create-token");
    const { access: newToken } = await signIn(person, 2);
    expect(kidOf(newToken)).not.toBe(kidOf(oldToken));
    expect(before).toContain(kidOf(newToken));
    const after = await publishedKids();
    expect(after).toContain(kidOf(oldToken));
    expect(after).toHaveLength(3);
    for (const token of [oldToken, newToken]) await succeed("getMe", undefined, { token });
  });

  it("refuses no valid token during traffic", async () => {
    const people = await Promise.all([signedIn(), signedIn(), signedIn()]);
    const traffic = { going: true, answered: 0 };
    const users = people.map(async ({ access, refresh }) => {
      let tokens = { access, refresh };
      while (traffic.going) {
        await succeed("getMe", undefined, { token: tokens.access });
        await succeed("verifyToken", { token: tokens.refresh });
        tokens = await succeed("refreshToken", { refresh: tokens.refresh });
        traffic.answered += 3;
      }
    });
    const rotation = (async () => {
      for (const functions of [["refresh-token"], ["get-me", "verify-token"], ["refresh-token", "get-me"]]) {
        const from = traffic.answered;
        await secrets.rotate("SigningKeys");
        renew(...functions);
        while (traffic.answered < from + 15) await succeed("getKeys");
      }
    })();
    try {
      await Promise.race([rotation, ...users]);
      await rotation;
    } finally {
      traffic.going = false;
    }
    await Promise.all(users);
    expect(traffic.answered).toBeGreaterThan(45);
  });

  it("makes functions load a key that they don't know yet", async () => {
    const person = await activated();
    const { access } = await signIn(person);
    await succeed("verifyToken", { token: access });
    for (const _ of [1, 2]) await secrets.rotate("SigningKeys");
    renew("create-token");
    const { access: unheardOf } = await signIn(person, 2);
    await succeed("verifyToken", { token: unheardOf });
    await succeed("verifyToken", { token: access });
  });

  it("doesn't let made-up key ids flood Secrets Manager [ASVS 9.1.3]", async () => {
    const { access } = await signedIn();
    await succeed("verifyToken", { token: access });
    const [, payload, signature] = access.split(".");
    stack.resetCalls();
    const madeUp = Array.from({ length: 40 }, (_, index) => {
      const header = { alg: "RS256", typ: "at+jwt", kid: `made-up-${index}` };
      return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}.${signature}`;
    });
    for (const token of madeUp) expectRefused(await call("verifyToken", { token }), "token_not_valid");
    const executionEnvironments = stack.processes().functions["VerifyToken"]?.length ?? 0;
    expect(stack.calls()["VerifyToken"]?.["secretsmanager:GetSecretValue"] ?? 0).toBeLessThanOrEqual(
      executionEnvironments,
    );
  });

  it("can repeat each step", async () => {
    const ring = await secrets.read("SigningKeys");
    const step = rotationWith("11111111-1111-4111-8111-111111111111");
    for (const name of [
      "createSecret",
      "createSecret",
      "setSecret",
      "createSecret",
      "setSecret",
      "testSecret",
    ])
      expect(await step(name)).not.toHaveProperty("error");
    expect(await secrets.read("SigningKeys")).toBe(ring);
    for (const name of ["finishSecret", "finishSecret"]) expect(await step(name)).not.toHaveProperty("error");
    const rotated = JSON.parse(await secrets.read("SigningKeys"));
    expect(rotated.current.kid).toBe(JSON.parse(ring).next.kid);
    expect(rotated.previous[0].kid).toBe(JSON.parse(ring).current.kid);
    expect(rotated.previous[0]).not.toHaveProperty("d");
  });

  it("keeps the stored keys when the deployment's trigger runs again", async () => {
    const before = await secrets.read("SigningKeys");
    for (const _ of [1, 2]) expect(await stack.invoke("CreateKeys", {})).not.toHaveProperty("error");
    expect(await secrets.read("SigningKeys")).toBe(before);
  });
});

describe("digest key rotation", () => {
  it.each([[[]], [["mailer"]], [["activate-user"]], [["mailer", "activate-user"]]])(
    "keeps unexpired codes valid when %j have read the new keys",
    async (renewed: string[]) => {
      const early = await register();
      const earlyCode = await codeTo(early.email);
      await secrets.rotate("Digest");
      renew(...renewed);
      const late = await register();
      await succeed("activateUser", { email: late.email, otp_code: await codeTo(late.email) });
      await succeed("activateUser", { email: early.email, otp_code: earlyCode });
      // Every function has read the newest keys before the next round.
      renew("mailer", "activate-user");
    },
  );
});

describe("npm run keys:revoke", () => {
  // The rotations above left older keys in memory.
  beforeAll(() => renew("get-keys", "create-token"));

  it("refuses all earlier tokens immediately and lets people sign in again [ASVS 7.4.5]", async () => {
    const person = await signedIn();
    const { keys: before } = await succeed("getKeys");
    for (const token of [person.access, person.refresh]) await succeed("verifyToken", { token });
    const { stdout } = await runCommand("revoke-keys", ["--yes"], stack);
    expect(stdout).toContain("Every user must sign in again");

    expectRefused(await call("getMe", undefined, { token: person.access }), "token_not_valid");
    for (const token of [person.access, person.refresh])
      expectRefused(await call("verifyToken", { token }), "token_not_valid");
    expectRefused(await call("refreshToken", { refresh: person.refresh }), "token_not_valid");
    const { keys: after } = await succeed("getKeys");
    const old = new Set(before.map(({ kid }) => kid));
    expect(after.filter(({ kid }) => old.has(kid))).toEqual([]);

    const { access } = await signIn(person, 2);
    await succeed("getMe", undefined, { token: access });
  });

  it("discards the keys of a rotation that is under way", async () => {
    const person = await signedIn();
    const step = rotationWith("22222222-2222-4222-8222-222222222222");
    expect(await step("createSecret")).not.toHaveProperty("error");
    const leaked = new Set((await succeed("getKeys")).keys.map(({ kid }) => kid));
    await runCommand("revoke-keys", ["--yes"], stack);
    for (const name of ["createSecret", "setSecret", "testSecret", "finishSecret"]) await step(name);
    const { keys } = await succeed("getKeys");
    expect(keys.filter(({ kid }) => leaked.has(kid))).toEqual([]);
    expectRefused(await call("getMe", undefined, { token: person.access }), "token_not_valid");
    const { access } = await signIn(person, 2);
    expect(leaked).not.toContain(decodeProtectedHeader(access).kid);
    await succeed("getMe", undefined, { token: access });
  });

  it("asks first, so without a terminal it needs --yes", async () => {
    const { keys } = await succeed("getKeys");
    const { code, stdout, stderr } = await runCommand("revoke-keys", [], { ...stack, input: "yes\n" });
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/^This revokes all signing keys of the local stack: .* add --yes\.\n$/);
    expect((await succeed("getKeys")).keys).toEqual(keys);
  });

  it("says that no stack is running, also after a killed one", async () => {
    const nowhere = mkdtempSync(join(stack.folder, "nowhere-"));
    const none = {
      code: 1,
      stderr: expect.stringMatching(/^No local stack is running here: npm start.*\n$/),
    };
    expect(await runCommand("revoke-keys", ["--yes"], { folder: nowhere })).toMatchObject(none);
    mkdirSync(join(nowhere, ".local"));
    // It names ports that others use by now: those of the running stack.
    copyFileSync(join(stack.folder, ".local/stack.json"), join(nowhere, ".local/stack.json"));
    writeFileSync(join(nowhere, ".local/lock"), "");
    expect(await runCommand("revoke-keys", ["--yes"], { folder: nowhere })).toMatchObject(none);
  });
});

describe("npm run restore", () => {
  const backup = "restored-users";
  const users = () => outputOf(stack, "UsersTable");
  const write = (requests: Record<string, unknown>[], table: string) =>
    documents().send(new BatchWriteCommand({ RequestItems: { [table]: requests } }));
  const restore = (...options: string[]) => runCommand("restore", ["--from", backup, ...options], stack);
  const canAskForCode = async ({ email, password }: Person) =>
    (await call("requestOtp", { email, password })).status === 200;

  it("brings accounts back, but nothing that ended since", async () => {
    renew("get-me", "delete-me", "set-password", "update-user");
    const admin = await createAdministrator(stack.folder);
    const people = await Promise.all([1, 2, 3, 4, 5].map(() => signedIn()));
    const [lost, left, barred, changed, kept] = people as [SignedIn, SignedIn, SignedIn, SignedIn, SignedIn];
    await createTableLike(users(), backup);
    const ids = await Promise.all(people.map(({ access: token }) => succeed("getMe", undefined, { token })));
    const idOf = (person: SignedIn) => ids[people.indexOf(person)]?.id ?? "";
    for (const Item of await itemsOf(stack, "UsersTable")) await write([{ PutRequest: { Item } }], backup);
    const at = new Date().toISOString();

    await succeed("deleteMe", { current_password: left.password }, { token: left.access });
    const act = { id: idOf(barred), body: { is_active: false, current_password: admin.password } };
    const barring = await administer(await signInAgain(admin), "updateUser", act);
    expect(barring.status, barring.text).toBe(200);
    const chosen = newPassword();
    const passwords = { current_password: changed.password, new_password: chosen };
    await succeed("setPassword", passwords, { token: changed.access });
    const ofLost = (await itemsOf(stack, "UsersTable")).filter(
      ({ id, userId }) => id === idOf(lost) || userId === idOf(lost),
    );
    await write(
      ofLost.map(({ pk }) => ({ DeleteRequest: { Key: { pk } } })),
      users(),
    );
    await eventually("the history of all this", async () => {
      const history = await itemsOf(stack, "HistoryTable");
      const types = new Set(history.map(({ type, userId }) => `${userId} ${type}`));
      const wanted = [
        `${idOf(left)} user.deleted`,
        `${idOf(barred)} user.disabled`,
        `${idOf(changed)} password.changed`,
        `${idOf(lost)} user.deleted`,
      ];
      return wanted.every((one) => types.has(one)) || undefined;
    });

    const counted = await restore("--at", at);
    expect(counted).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing was changed.") });
    expect(await canAskForCode({ ...changed, password: chosen })).toBe(true);
    const done = await restore("--at", at, "--confirm");
    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(done.stdout).toContain(`${idOf(changed)}: must_reset\n`);
    expect(done.stdout).toMatch(/2 stay deleted/);
    for (const person of [left, lost, barred, changed, { ...changed, password: chosen }])
      expect(await canAskForCode(person), person.email).toBe(false);
    expectRefused(await call("getMe", undefined, { token: kept.access }), "token_not_valid");
    await signInAgain(kept);

    const file = join(stack.folder, "lost.txt");
    writeFileSync(file, `${idOf(lost)}\n`);
    const back = await restore("--at", at, "--ids", file, "--confirm");
    expect(back.stdout, back.stderr).toContain("Accounts of the local stack: 1 brought back.");
    await signInAgain(lost);
  });
});
