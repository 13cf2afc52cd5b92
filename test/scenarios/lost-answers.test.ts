import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { eventually } from "../support/assert/eventually.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";
import { codeIn, codeTo, lettersTo } from "../support/mail/letters.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { activated, loginCode, newPerson, register } from "../support/people/people.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ returnFailedAfterSeconds: 1 });
});
afterEach(() => stack.faults.clear());
afterAll(() => stack.remove());

const conflict = {
  code: "TransactionCanceledException",
  fields: {
    CancellationReasons: [
      { Code: "TransactionConflict" },
      { Code: "None" },
      { Code: "None" },
      { Code: "None" },
    ],
  },
};

describe("the store", () => {
  it("meets two writers on one item: the activation is tried again and succeeds", async () => {
    const person = await register();
    const otp_code = await codeTo(person.email);
    const fault = stack.faults.add({
      principal: "ActivateUser",
      operation: "TransactWriteItems",
      error: conflict,
      times: 3,
    });
    await succeed("activateUser", { email: person.email, otp_code });
    expect(fault.struck()).toBe(3);
  });

  it("meets two writers on one item: the sign-in is tried again and succeeds", async () => {
    const person = await activated();
    const otp_code = await loginCode(person);
    const fault = stack.faults.add({
      principal: "CreateToken",
      operation: "UpdateItem",
      error: { code: "TransactionConflictException" },
      times: 2,
    });
    await succeed("createToken", { email: person.email, otp_code });
    expect(fault.struck()).toBe(2);
  });

  it("stays in conflict: 503 with Retry-After, neither a 500 nor a refusal, and the code still works", async () => {
    const person = await register();
    const otp_code = await codeTo(person.email);
    stack.faults.add({
      principal: "ActivateUser",
      operation: "TransactWriteItems",
      error: conflict,
      times: 50,
    });
    const answer = await call("activateUser", { email: person.email, otp_code });
    expectRefused(answer, "service_unavailable");
    expect(answer.headers.get("retry-after")).toBe("1");
    stack.faults.clear();
    await succeed("activateUser", { email: person.email, otp_code });
  });

  it("spends a code but its answer is lost: the sign-in succeeds all the same, once", async () => {
    const person = await activated();
    const otp_code = await loginCode(person);
    const limits = stack.faults.add({ principal: "CreateToken", operation: "UpdateItem", lostAnswer: true });
    const spending = { principal: "CreateToken", operation: "UpdateItem", holding: "otpConsumedBy" };
    const fault = stack.faults.add({ ...spending, lostAnswer: true });
    await succeed("createToken", { email: person.email, otp_code });
    expect([limits.struck(), fault.struck()]).toEqual([1, 1]);
    expectRefused(await call("createToken", { email: person.email, otp_code }), "sign_in_refused");
  });

  it("activates but its answer is lost: the activation succeeds all the same, once", async () => {
    const person = await register();
    const otp_code = await codeTo(person.email);
    const fault = stack.faults.add({
      principal: "ActivateUser",
      operation: "TransactWriteItems",
      lostAnswer: true,
    });
    await succeed("activateUser", { email: person.email, otp_code });
    expect(fault.struck()).toBe(1);
  });

  it("does not take an unread session for an ended one", async () => {
    const person = await activated();
    const { access } = await succeed("createToken", {
      email: person.email,
      otp_code: await loginCode(person),
    });
    stack.faults.add({
      principal: "GetMe",
      operation: "BatchGetItem",
      error: { code: "ProvisionedThroughputExceededException" },
      times: 2,
    });
    await succeed("getMe", undefined, { token: access });
  });
});

describe("the queue", () => {
  it("cannot take the order: the registration fails and can be repeated", async () => {
    const person = newPerson();
    stack.faults.add({
      principal: "CreateUser",
      operation: "SendMessage",
      error: { code: "InternalError", status: 500 },
      times: 10,
    });
    expectRefused(await call("createUser", person), "unexpected_failure");
    stack.faults.clear();
    await register(person);
    await codeTo(person.email);
  });

  it("brings an order back after the mailer failed, alone and not with its batch", async () => {
    const fault = stack.faults.add({
      principal: "Mailer",
      operation: "SendEmail",
      // None that the SDK itself tries again.
      error: { code: "MessageRejected", status: 400 },
      times: 4,
    });
    const people = await Promise.all([register(), register(), register()]);
    for (const { email } of people) await codeTo(email);
    expect(fault.struck()).toBeGreaterThan(0);
    for (const { email } of people) expect(await lettersTo(email)).toHaveLength(1);
  });

  it("loses no order when the mailer dies in mid-batch", async () => {
    stack.faults.add({ principal: "Mailer", operation: "SendEmail", delayMilliseconds: 1500, times: 3 });
    const before = stack.calls()["Mailer"]?.["ses:SendEmail"] ?? 0;
    const people = await Promise.all([register(), register(), register()]);
    await eventually("the mailer at work", () =>
      (stack.calls()["Mailer"]?.["ses:SendEmail"] ?? 0) > before ? true : undefined,
    );
    const pids = stack.processes().functions["Mailer"] ?? [];
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await allLettersSent(stack);
    for (const { email } of people) {
      // An order that died after its letter sends a second one, whose code kills the first. The delayed one may come last.
      const statuses = [];
      for (const letter of await lettersTo(email))
        statuses.push((await call("activateUser", { email, otp_code: codeIn(letter) })).status);
      expect(statuses).toContain(200);
    }
  });

  it("puts an order aside after five failures; the dead letter holds neither address nor code", async () => {
    stack.faults.add({
      principal: "Mailer",
      operation: "SendEmail",
      error: { code: "MessageRejected", status: 400 },
      times: 1000,
    });
    const deadLetters = Object.entries(stack.outputs).find(([name]) => /dead|dlq/i.test(name))?.[1] ?? "";
    const dead = () => stack.inspectQueue(deadLetters.split("/").at(-1) ?? "")?.messages.ready ?? [];
    const already = dead().length;
    const person = await register();
    const [message] = await eventually("the dead letter", () =>
      dead().length > already ? dead().slice(already) : undefined,
    );
    const body = JSON.stringify(message);
    expect(body).toContain("activation");
    expect(body).not.toContain(person.email);
    expect(body).not.toContain(person.username);
    expect(body).not.toMatch(/\b\d{3} ?\d{3}\b/);
  });
});
