// Tests what a stack writes down: its accounts, its security log, and all files on the disk.
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scanAccounts } from "../../../shared/admin/account-scan.ts";
import { metricMoved } from "../../support/logs/moved-metrics.ts";
import { call, send, succeed } from "../../support/calls/api.ts";
import { wrongCode } from "../../support/mail/wrong-code.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { expectRefused } from "../../support/assert/refusals.ts";
import { allLettersSent } from "../../support/mail/mail-queue.ts";
import { outputOf } from "../../support/stacks/stack-outputs.ts";
import { limitsOf } from "../../support/limits/stack-limits.ts";
import { codeTo, letterTo, lettersTo } from "../../support/mail/letters.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";
import { newPassword } from "../../support/people/credentials.ts";
import { activated, newPerson, register, resetCode, signedIn, signIn } from "../../support/people/people.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.remove());

type Line = Record<string, unknown> & { timestamp: string; event: string; userId?: string };

// Returns the security lines of all functions, oldest first.
const lines = (): Line[] =>
  readdirSync(join(stack.dataDirectory, "logs"))
    .flatMap((file) => readFileSync(join(stack.dataDirectory, "logs", file), "utf8").split("\n"))
    .filter((line) => line.includes('"message":"security"'))
    .map((line): Line => JSON.parse(line))
    .toSorted((one, other) => one.timestamp.localeCompare(other.timestamp));

const told = (line: Line) =>
  Object.fromEntries(
    ["event", "operation", "code", "sessionId", "changes"].flatMap((name) =>
      name in line ? [[name, line[name]]] : [],
    ),
  );

// Must stay the first test, before any registration.
it("a new stack has no accounts [ASVS 6.3.2]", async () => {
  limitsOf(stack);
  process.env["USERS_TABLE"] = outputOf(stack, "UsersTable");
  for await (const { users } of scanAccounts()) expect(users).toEqual([]);
  expect.assertions(1);
});

describe("security log", () => {
  it("has one line per act, with ids but no personal data [ASVS 14.2.4, 16.2.1, 16.2.5, 16.3.1]", async () => {
    const person = newPerson();
    const { email, password } = person;
    const { id } = await succeed("createUser", person);
    const activation = await codeTo(email);
    await call("activateUser", { email, otp_code: wrongCode(activation) });
    await succeed("activateUser", { email, otp_code: activation });
    await call("requestOtp", { email, password: "Not-The-Password-1" });
    await succeed("requestOtp", { email, password });
    const login = await codeTo(email, 2);
    await call("createToken", { email, otp_code: wrongCode(login) });
    const { access, refresh } = await succeed("createToken", { email, otp_code: login });
    const token = { token: access };
    await succeed("updateMe", { username: `${person.username}2`, first_name: "Ada" }, token);
    await call("deleteMe", { current_password: "Not-The-Password-1" }, token);
    await succeed("logout", { refresh });
    const again = await signIn(person, 2);
    await succeed("deleteMe", { current_password: password }, { token: again.access });

    const expected = [
      { event: "registered" },
      { event: "refused", operation: "activateUser", code: "activation_refused" },
      { event: "activated" },
      { event: "refused", operation: "requestOtp", code: "no_active_account" },
      { event: "code_sent" },
      { event: "refused", operation: "createToken", code: "sign_in_refused" },
      { event: "signed_in", sessionId: expect.any(String) },
      { event: "user_changed", changes: ["username", "firstName"] },
      { event: "refused", operation: "deleteMe" },
      { event: "session_ended", sessionId: expect.any(String) },
      { event: "code_sent" },
      { event: "signed_in", sessionId: expect.any(String) },
      { event: "user_deleted" },
    ];
    // A line may reach its file after the answer has reached us.
    const own = await eventually("the lines of all acts", () => {
      const found = lines().filter(({ userId }) => userId === id);
      return found.length >= expected.length ? found : undefined;
    });
    expect(own.map(told)).toEqual(expected);
    await metricMoved(stack, "FailedGuesses", 4);
    for (const line of own) expect(line["requestId"]).toMatch(/^[0-9a-f-]{36}$/);
    const text = JSON.stringify(own);
    for (const secret of [email, person.username, password, login, activation, access, refresh])
      expect(text).not.toContain(secret);
  });

  it("reads alike for known and unknown addresses, except the id", async () => {
    const known = await activated();
    const before = await eventually("the line of the activation", () => {
      const found = lines();
      return found.some(({ event, userId }) => event === "activated" && userId === known.id)
        ? found.length
        : undefined;
    });
    for (const { email } of [known, newPerson()]) {
      for (let tries = 0; tries < 6; tries += 1) await call("createToken", { email, otp_code: "000000" });
      await call("activateUser", { email, otp_code: "000000" });
      await call("requestOtp", { email, password: "Not-The-Password-1" });
      await call("createUser", newPerson({ email }));
    }
    const half = 6 + 1 + 1 + 1;
    const since = await eventually("all lines", () => {
      const found = lines().slice(before);
      return found.length >= 2 * half ? found : undefined;
    });
    expect(since).toHaveLength(2 * half);
    expect(since.slice(half).map(told)).toEqual(since.slice(0, half).map(told));
    expect(since.slice(0, half).map(told)).toContainEqual({
      event: "limited",
      operation: "createToken",
      code: "too_many_code_guesses",
    });
    for (const { userId } of since) expect(userId).toMatch(/^[\w-]{36,43}$/);
  });

  it("has lines for password changes, exports and deletions without secrets", async () => {
    const person = await signedIn();
    const password = newPassword();
    const token = person.access;
    await succeed("exportMe", undefined, { token });
    await succeed("setPassword", { current_password: person.password, new_password: password }, { token });
    await letterTo(person.email, 3);
    const otp_code = await resetCode(person, 3);
    await metricMoved(stack, "ResetLetters");
    const confirm = (code: string, new_password: string) =>
      call("confirmPasswordReset", { email: person.email, otp_code: code, new_password });
    expectRefused(await confirm("AAAA-BBBB-CCCC-DDDD", newPassword()), "code_refused");
    const last = newPassword();
    expect((await confirm(otp_code, last)).status).toBe(204);
    await letterTo(person.email, 5);
    const { access } = await signIn({ ...person, password: last }, 5);
    await succeed("deleteMe", { current_password: last }, { token: access });

    const folder = join(stack.dataDirectory, "logs");
    const written = () => readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    const eventsOf = () =>
      written()
        .flatMap((log) => log.split("\n"))
        .filter((line) => line.includes('"security"') && line.includes(person.id))
        .map((line) => /"event":"(\w+)"/.exec(line)?.[1]);
    const expected = [
      "user_exported",
      "password_changed",
      "reset_sent",
      "refused",
      "password_reset",
      "user_deleted",
    ];
    await eventually("the lines", () =>
      expected.every((event) => eventsOf().includes(event)) ? true : undefined,
    );
    for (const log of written())
      for (const secret of [person.email, person.password, password, last, otp_code])
        expect(log).not.toContain(secret);
  });
});

describe("request id", () => {
  const linesWith = (file: string, text: string): Record<string, unknown>[] =>
    readFileSync(join(stack.dataDirectory, "logs", file), "utf8")
      .split("\n")
      .filter((line) => line.includes(text))
      .map((line) => JSON.parse(line));

  it("leads from an answer to the letter, and to its bounce", async () => {
    const person = newPerson();
    const requestId = (await call("createUser", person)).headers.get("x-request-id") ?? "";
    const { Id } = await letterTo(person.email);
    await allLettersSent(stack);
    expect((await send("POST", `/_aws/ses/${Id}/bounce`)).status).toBe(204);
    const of = { causeRequestId: requestId, kind: "activation" };
    const found = await eventually("the lines of both functions", () => {
      const caused = linesWith("Mailer.log", requestId);
      const [reported] = linesWith("Feedback.log", Id);
      return caused.length >= 2 && reported ? { caused, reported } : undefined;
    });
    expect(linesWith("CreateUser.log", requestId)).toEqual([
      expect.objectContaining({ message: "security", event: "registered", requestId }),
      expect.objectContaining({ message: "answered", requestId }),
    ]);
    expect(found.caused).toEqual([
      expect.objectContaining({ ...of, message: "letter", sesMessageId: Id }),
      expect.objectContaining({ ...of, message: "message", outcome: "sent" }),
    ]);
    expect(found.reported).toMatchObject({ kind: "activation", sesMessageId: Id, outcome: "stopped" });
  });

  it("that a caller chose is named only if it is a UUID", async () => {
    const chosen = randomUUID();
    for (const [id, isNamed] of [
      [chosen, true],
      [`${chosen}.secret`, false],
    ] as const) {
      const headers = { "x-amzn-requestid": id, "x-request-id": "ours" };
      const answer = await call("resetPassword", { email: newPerson().email }, { headers });
      const named = answer.headers.get("x-request-id");
      expect(named === id).toBe(isNamed);
      expect(named).not.toBe("ours");
      await eventually("the answer's line", () => linesWith("ResetPassword.log", named ?? "")[0]);
    }
    await allLettersSent(stack);
    for (const file of ["ResetPassword.log", "Mailer.log"]) expect(linesWith(file, ".secret")).toEqual([]);
  });
});

describe("files on the disk", () => {
  it("hold no password, and no code except in letters [ASVS 6.5.2, 14.2.4]", async () => {
    const person = newPerson();
    await register(person);
    const code = await codeTo(person.email);
    // After that nothing writes, so that no file of the engines appears or disappears.
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
