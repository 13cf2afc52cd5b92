import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { wrongCode } from "../support/mail/wrong-code.ts";
import { eventually } from "../support/assert/eventually.ts";
import { codeTo } from "../support/mail/letters.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { activated, newPerson, signIn } from "../support/people/people.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.remove());

type Line = Record<string, unknown> & { timestamp: string; event: string; userId?: string };

/** The security lines of all functions, the oldest first. */
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

describe("the security log", () => {
  it("has one line for each act of a person's life, with ids and nothing else of the person", async () => {
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
    for (const line of own) expect(line["requestId"]).toMatch(/^[0-9a-f-]{36}$/);
    const text = JSON.stringify(own);
    for (const secret of [email, person.username, password, login, activation, access, refresh])
      expect(text).not.toContain(secret);
  });

  it("says the same of known and unknown addresses, but for the id", async () => {
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
});
