// Tests what callers notice when DynamoDB or SQS fails, or an answer of theirs is lost.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { metricMoved, metricsOfAnswer } from "../../support/logs/moved-metrics.ts";
import { call, succeed } from "../../support/calls/api.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { expectRefused } from "../../support/assert/refusals.ts";
import { deliverOrder } from "../../support/mail/deliver-order.ts";
import { allLettersSent, messagesIn } from "../../support/mail/mail-queue.ts";
import { codeIn, codeTo, letterTo, lettersTo } from "../../support/mail/letters.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";
import { newPassword } from "../../support/people/credentials.ts";
import {
  activated,
  loginCode,
  newPerson,
  register,
  resetCode,
  signedIn,
  signIn,
} from "../../support/people/people.ts";
import { itemsOf } from "../../support/store/table-items.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ returnFailedAfterSeconds: 1 });
});
afterEach(() => stack.faults.clear());
afterAll(() => stack.remove());

/** The SDK doesn't repeat it, and it says nothing about the letter. */
const unexplained = { code: "IncompleteSignature", status: 400 };

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

describe("write conflict", () => {
  it("is retried until the activation succeeds", async () => {
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

  it("is retried until the sign-in succeeds", async () => {
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

  it("doesn't fail a password reset that clears counters", async () => {
    const person = await activated();
    const otp_code = await resetCode(person);
    const fault = stack.faults.add({
      principal: "ConfirmPasswordReset",
      operation: "DeleteItem",
      error: { code: "TransactionConflictException" },
    });
    const reset = await call("confirmPasswordReset", {
      email: person.email,
      otp_code,
      new_password: newPassword(),
    });
    expect([reset.status, fault.struck()]).toEqual([204, 1]);
  });

  it("ends in 503 if it lasts, and leaves the code valid", async () => {
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
    expect(metricsOfAnswer(answer)).toEqual({ ServerErrors: 1, CallsTurnedAway: 0 });
    stack.faults.clear();
    await succeed("activateUser", { email: person.email, otp_code });
  });
});

describe("lost answer of a write", () => {
  it("fails no sign-in, and the code works once", async () => {
    const person = await activated();
    const otp_code = await loginCode(person);
    const limits = stack.faults.add({ principal: "CreateToken", operation: "UpdateItem", lostAnswer: true });
    const spending = { principal: "CreateToken", operation: "UpdateItem", holding: "otpConsumedBy" };
    const fault = stack.faults.add({ ...spending, lostAnswer: true });
    await succeed("createToken", { email: person.email, otp_code });
    expect([limits.struck(), fault.struck()]).toEqual([1, 1]);
    expectRefused(await call("createToken", { email: person.email, otp_code }), "sign_in_refused");
  });

  it("fails no activation", async () => {
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

  it("fails no password reset, and the code works once", async () => {
    const person = await activated();
    const otp_code = await resetCode(person);
    const confirm = () =>
      call("confirmPasswordReset", { email: person.email, otp_code, new_password: newPassword() });
    const fault = stack.faults.add({
      principal: "ConfirmPasswordReset",
      operation: "TransactWriteItems",
      lostAnswer: true,
    });
    expect((await confirm()).status).toBe(204);
    expect(fault.struck()).toBe(1);
    expectRefused(await confirm(), "code_refused");
  });

  it("fails no password change", async () => {
    const person = await signedIn();
    const fault = stack.faults.add({
      principal: "SetPassword",
      operation: "TransactWriteItems",
      lostAnswer: true,
    });
    const password = newPassword();
    const body = { current_password: person.password, new_password: password };
    await succeed("setPassword", body, { token: person.access });
    expect(fault.struck()).toBe(1);
    await letterTo(person.email, 3);
    await signIn({ ...person, password }, 3);
  });

  it("fails no change of a username, and no deletion", async () => {
    const { access: token, password, email } = await signedIn();
    const strikes = ["UpdateMe", "DeleteMe"].map((principal) =>
      stack.faults.add({ principal, operation: "TransactWriteItems", lostAnswer: true }),
    );
    const { username } = newPerson();
    expect((await succeed("updateMe", { username }, { token })).username).toBe(username);
    expect((await call("deleteMe", { current_password: password }, { token })).status).toBe(204);
    expect(strikes.map(({ struck }) => struck())).toEqual([1, 1]);
    expectRefused(await call("requestOtp", { email, password }), "no_active_account");
  });

  it("loses no token pair: a retried refresh returns it again", async () => {
    const person = await signedIn();
    const fault = stack.faults.add({ principal: "RefreshToken", operation: "UpdateItem", lostAnswer: true });
    const first = await succeed("refreshToken", { refresh: person.refresh });
    expect(fault.struck()).toBe(1);
    const retried = await succeed("refreshToken", { refresh: person.refresh });
    expect(retried.refresh).toBe(first.refresh);
    await succeed("getMe", undefined, { token: retried.access });
  });
});

describe("throttled table", () => {
  it("isn't mistaken for an ended session [ASVS 16.5.2, 16.5.3]", async () => {
    const person = await activated();
    const { access } = await succeed("createToken", {
      email: person.email,
      otp_code: await loginCode(person),
    });
    const fault = stack.faults.add({
      principal: "GetMe",
      operation: "BatchGetItem",
      error: { code: "ProvisionedThroughputExceededException" },
      times: 2,
    });
    await succeed("getMe", undefined, { token: access });
    expect(fault.struck()).toBe(2);
  });
});

describe("alarms", () => {
  it("notice that people can't refresh or sign in", async () => {
    const person = await signedIn();
    const otp_code = await loginCode(person);
    for (const principal of ["RefreshToken", "CreateToken"])
      stack.faults.add({ principal, operation: "UpdateItem", error: unexplained, times: 10 });
    for (const answer of [
      await call("refreshToken", { refresh: person.refresh }),
      await call("createToken", { email: person.email, otp_code }),
    ]) {
      expectRefused(answer, "unexpected_failure");
      expect(metricsOfAnswer(answer)).toEqual({ ServerErrors: 1, CallsTurnedAway: 0 });
    }
    await metricMoved(stack, "RefreshFailures");
    await metricMoved(stack, "CreateTokenFailures");
  });

  it("tell faults from refusals and from calls turned away", async () => {
    const refused = await call("refreshToken", { refresh: "none" });
    expect(metricsOfAnswer(refused)).toEqual({ ServerErrors: 0, CallsTurnedAway: 0 });
    expect(metricsOfAnswer({ status: 503 }, "INTEGRATION_FAILURE")).toEqual({
      ServerErrors: 0,
      CallsTurnedAway: 1,
    });
  });
});

describe("service that never answers", () => {
  it("is a 503 before the function ends", async () => {
    const { access: token } = await signedIn();
    const person = newPerson();
    const silence = { delayMilliseconds: 60_000, times: 10 };
    const faults = [
      stack.faults.add({ principal: "GetMe", operation: "BatchGetItem", ...silence }),
      stack.faults.add({ principal: "CreateUser", operation: "SendMessage", ...silence }),
    ];
    const answers = await Promise.all([call("getMe", undefined, { token }), call("createUser", person)]);
    for (const answer of answers) {
      expectRefused(answer, "service_unavailable");
      expect(answer.headers.get("retry-after")).toBe("1");
    }
    expect(faults.map(({ struck }) => struck())).toEqual([3, 3]);
    for (const { remove } of faults) remove();
    await succeed("getMe", undefined, { token });
    await register(person);
    await codeTo(person.email);
  });
});

describe("mail queue", () => {
  it("fails a registration when unavailable, and allows another attempt [ASVS 16.5.2]", async () => {
    const person = newPerson();
    stack.faults.add({
      principal: "CreateUser",
      operation: "SendMessage",
      error: { code: "InternalError", status: 500 },
      times: 10,
    });
    const answer = await call("createUser", person);
    expectRefused(answer, "service_unavailable");
    expect(answer.headers.get("retry-after")).toBe("1");
    stack.faults.clear();
    await register(person);
    await codeTo(person.email);
  });

  it("returns only the failed order of a batch", async () => {
    const fault = stack.faults.add({
      principal: "Mailer",
      operation: "SendRawEmail",
      error: unexplained,
      times: 4,
    });
    const people = await Promise.all([register(), register(), register()]);
    for (const { email } of people) await codeTo(email);
    expect(fault.struck()).toBeGreaterThan(0);
    for (const { email } of people) expect(await lettersTo(email)).toHaveLength(1);
  });

  it("sends one letter for an order that fails or repeats", async () => {
    const person = await activated();
    const fault = stack.faults.add({
      principal: "Mailer",
      operation: "SendRawEmail",
      error: unexplained,
    });
    const otp_code = await resetCode(person);
    expect(fault.struck()).toBe(1);
    await allLettersSent(stack);
    const users = await itemsOf(stack, "UsersTable");
    const addressKey = users.find(({ pk }) => pk === `user#${person.id}`)?.["addressKey"];
    const otpRequestId = users.find(({ pk }) => pk === `reset#${addressKey}`)?.["lastRequestId"];
    await deliverOrder(stack, { kind: "password_reset", addressKey, otpRequestId });
    expect(await lettersTo(person.email)).toHaveLength(2);
    const body = { email: person.email, otp_code, new_password: newPassword() };
    expect((await call("confirmPasswordReset", body)).status).toBe(204);
  });

  it("asks SES once for a letter if the answer is slow", async () => {
    // The test before ends with a letter.
    await allLettersSent(stack);
    stack.faults.add({ principal: "Mailer", operation: "SendRawEmail", delayMilliseconds: 3_500 });
    const asked = () => stack.calls()["Mailer"]?.["ses:SendRawEmail"] ?? 0;
    const before = asked();
    const { email } = await register();
    await letterTo(email);
    await allLettersSent(stack);
    expect(asked() - before).toBe(1);
  });

  it("loses no order when the mailer is killed mid-batch", async () => {
    stack.faults.add({ principal: "Mailer", operation: "SendRawEmail", delayMilliseconds: 1500, times: 3 });
    const before = stack.calls()["Mailer"]?.["ses:SendRawEmail"] ?? 0;
    const people = await Promise.all([register(), register(), register()]);
    await eventually("the mailer at work", () =>
      (stack.calls()["Mailer"]?.["ses:SendRawEmail"] ?? 0) > before ? true : undefined,
    );
    const pids = stack.processes().functions["Mailer"] ?? [];
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await allLettersSent(stack);
    for (const { email } of people) {
      // An order may be repeated after its letter was sent, and the second letter's code replaces
      // the first one. The delayed letter may come last.
      const statuses = [];
      for (const letter of await lettersTo(email))
        statuses.push((await call("activateUser", { email, otp_code: codeIn(letter) })).status);
      expect(statuses).toContain(200);
    }
  });

  it("moves an order to the dead-letter queue after five failures", async () => {
    stack.faults.add({
      principal: "Mailer",
      operation: "SendRawEmail",
      error: unexplained,
      times: 1000,
    });
    const dead = () => messagesIn(stack, "MailDeadLettersUrl").ready;
    const already = dead().length;
    const person = await register();
    const [message] = await eventually("the dead letter", () =>
      dead().length > already ? dead().slice(already) : undefined,
    );
    // People read the dead-letter queue, so it must hold neither addresses nor codes.
    const body = JSON.stringify(message);
    expect(body).toContain("activation");
    expect(body).not.toContain(person.email);
    expect(body).not.toContain(person.username);
    expect(body).not.toMatch(/\b\d{3} ?\d{3}\b/);
  });
});

describe("message of a later version", () => {
  const invoke = (name: string, body: object) =>
    stack.invoke(name, {
      Records: [
        {
          messageId: "later",
          body: JSON.stringify(body),
          attributes: { SentTimestamp: String(Date.now()) },
          eventSource: "aws:sqs",
        },
      ],
    });
  const tooOld = { parkedAt: 1_000_000 };

  it.each([
    ["Mailer", { kind: "passkey_added", userId: "u" }, "NoticeQueueUrl", "NoticeDeadLettersUrl"],
    ["Feedback", { event: "delay", recipient: ["r"] }, "FeedbackQueueUrl", "FeedbackDeadLettersUrl"],
  ] as const)("waits for %s for a day, then is a dead letter", async (name, body, queue, aside) => {
    expect(await invoke(name, body)).toEqual({ payload: { batchItemFailures: [] } });
    const [parked] = messagesIn(stack, queue).delayed.map(({ body: text }) => JSON.parse(text));
    expect(parked).toMatchObject({ ...body, parkedAt: expect.any(Number) });
    expect(await invoke(name, { ...body, ...tooOld })).toEqual({ payload: { batchItemFailures: [] } });
    const dead = messagesIn(stack, aside).ready.map(({ body: text }) => JSON.parse(text));
    expect(dead.at(-1)).toMatchObject(body);
    expect(dead.at(-1)).not.toHaveProperty("parkedAt");
  });
});
