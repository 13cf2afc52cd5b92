import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scanAccounts } from "../../shared/admin/account-scan.ts";
import { call, succeed } from "../support/calls/api.ts";
import { disableAccount } from "../support/people/disable-account.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";
import { outputOf } from "../support/stacks/stack-outputs.ts";
import { limitsOf } from "../support/limits/stack-limits.ts";
import { codeTo, letterTo, lettersTo } from "../support/mail/letters.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { loginCode, newPerson, register, signedIn } from "../support/people/people.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.remove());

// Before anybody else registers here.
it("a new stack knows nobody [ASVS 6.3.2]", async () => {
  limitsOf(stack);
  process.env["USERS_TABLE"] = outputOf(stack, "UsersTable");
  for await (const { users } of scanAccounts()) expect(users).toEqual([]);
  expect.assertions(1);
});

describe("a disabled account", () => {
  it("gets no code, no token and no answer to the ones it has [ASVS 7.4.2]", async () => {
    const person = await signedIn();
    const otp_code = await loginCode(person, 2);
    await disableAccount(stack, person.id);
    expectRefused(await call("createToken", { email: person.email, otp_code }), "sign_in_refused");
    expectRefused(
      await call("requestOtp", { email: person.email, password: person.password }),
      "no_active_account",
    );
    expectRefused(await call("getMe", undefined, { token: person.access }), "user_inactive");
    for (const token of [person.access, person.refresh])
      expectRefused(await call("verifyToken", { token }), "token_not_valid");
    expectRefused(await call("refreshToken", { refresh: person.refresh }), "token_not_valid");
  });

  it("cannot come back by registering again", async () => {
    const person = await signedIn();
    await disableAccount(stack, person.id);
    const again = await register(newPerson({ email: person.email }));
    const { Subject } = await letterTo(person.email, 3);
    expect(Subject).toContain("already have an account");
    await succeed("requestOtp", { email: again.email, password: again.password });
    expect((await letterTo(person.email, 4)).Subject).toContain("already have an account");
  });
});

describe("what lies on the disk", () => {
  it("holds no password, and no code but in the letters [ASVS 6.5.2]", async () => {
    const person = newPerson();
    await register(person);
    const code = await codeTo(person.email);
    // Then nothing writes, and no file of the engines comes or goes.
    await allLettersSent(stack);
    const folders = readdirSync(stack.dataDirectory).filter((name) => name !== "emails");
    const files = folders.flatMap((folder) => {
      const path = join(stack.dataDirectory, folder);
      if (!statSync(path).isDirectory()) return [path];
      return readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
    });
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const content = readFileSync(file).toString("latin1");
      expect(content.includes(person.password), file).toBe(false);
      expect(content.includes(code), file).toBe(false);
      expect(content.includes(`"${code.replace(" ", "")}"`), file).toBe(false);
    }
    expect(await lettersTo(person.email)).toHaveLength(1);
  });
});
