import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { runCommand } from "../support/calls/commands.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { signedIn, signIn } from "../support/people/people.ts";

describe("npm run keys:revoke", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(() => stack.remove());

  it("drops a leaked key at once: no token signed with it is taken, and people can sign in again [ASVS 7.4.5]", async () => {
    const person = await signedIn();
    const { keys: before } = await succeed("getKeys");
    for (const token of [person.access, person.refresh]) await succeed("verifyToken", { token });
    const { stdout } = await runCommand("revoke-keys", [], stack);
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
    await runCommand("revoke-keys", [], stack);
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
    expect(await runCommand("revoke-keys", [], { folder: nowhere })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^No local stack is running here.*\n$/),
    });
  });
});
