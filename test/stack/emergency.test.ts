import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, succeed } from "../support/api.ts";
import { expectRefused } from "../support/expect.ts";
import { startLocalStack } from "../support/local-stack.ts";
import { signedIn, signIn } from "../support/people.ts";
import { pointAt } from "../support/urls.ts";
import type { Stack } from "../../infra/local/stack.ts";

const run = promisify(execFile);
const command = resolve("commands/revoke-keys.ts");

describe("npm run keys:revoke", () => {
  const folder = mkdtempSync(join(tmpdir(), "lit-auth-emergency-"));
  let stack: Stack;
  beforeAll(async () => {
    stack = await startLocalStack({ dataDirectory: join(folder, ".local") });
    pointAt(stack);
  });
  afterAll(async () => {
    await stack.stop();
    rmSync(folder, { recursive: true });
  });

  it("drops a leaked key at once: no token signed with it is taken, and people can sign in again", async () => {
    const person = await signedIn();
    const { keys: before } = await succeed("getKeys");
    for (const token of [person.access, person.refresh]) await succeed("verifyToken", { token });
    const { stdout } = await run(process.execPath, [command], { cwd: folder });
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

  it("leaves no heir of the leaked ring to a rotation that had begun before", async () => {
    const person = await signedIn();
    const SecretId = Object.entries(stack.outputs).find(([name]) => name.endsWith(".SigningKeysArn"))?.[1];
    const step = (Step: string) =>
      stack.invoke("RotateKeys", {
        SecretId,
        ClientRequestToken: "22222222-2222-4222-8222-222222222222",
        Step,
      });
    expect(await step("createSecret")).not.toHaveProperty("error");
    const leaked = new Set((await succeed("getKeys")).keys.map(({ kid }) => kid));
    await run(process.execPath, [command], { cwd: folder });
    for (const name of ["createSecret", "setSecret", "testSecret", "finishSecret"]) await step(name);
    const { keys } = await succeed("getKeys");
    expect(keys.filter(({ kid }) => leaked.has(kid))).toEqual([]);
    expectRefused(await call("getMe", undefined, { token: person.access }), "token_not_valid");
    const { access } = await signIn(person, 2);
    expect(leaked).not.toContain(decodeProtectedHeader(access).kid);
    await succeed("getMe", undefined, { token: access });
  });

  it("says in one sentence when there is no stack to work on", async () => {
    const nowhere = mkdtempSync(join(tmpdir(), "lit-auth-nowhere-"));
    const failure = await run(process.execPath, [command], { cwd: nowhere }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^No local stack is running here.*\n$/),
    });
  });
});
