// Tests what becomes of letters while SES has no room for them, or refuses them.
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { metricMoved } from "../../support/logs/moved-metrics.ts";
import { call, succeed } from "../../support/calls/api.ts";
import { runCommand } from "../../support/calls/commands.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { deliverOrder } from "../../support/mail/deliver-order.ts";
import { codeTo, letterTo, lettersTo } from "../../support/mail/letters.ts";
import { allLettersSent, messagesIn } from "../../support/mail/mail-queue.ts";
import { sesRefusals } from "../../support/mail/virtual-ses.ts";
import { logWith } from "../../support/stacks/function-logs.ts";
import { itemsOf } from "../../support/store/table-items.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";
import { newPassword } from "../../support/people/credentials.ts";
import { activated, loginCode, newPerson, register, signedIn } from "../../support/people/people.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterEach(() => stack.faults.clear());
afterAll(() => stack.remove());

const sesAnswers = ({ name, message }: { name: string; message: string }, times: number) =>
  stack.faults.add({
    principal: "Mailer",
    operation: "SendRawEmail",
    error: { code: name, message, status: 400 },
    times,
  });
const dead = () => [
  ...messagesIn(stack, "MailDeadLettersUrl").ready,
  ...messagesIn(stack, "NoticeDeadLettersUrl").ready,
];

describe("SES's rate", () => {
  it("delays a crowd's codes, which arrive once and work", async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => register()));
    for (const { email } of people) await letterTo(email);
    await allLettersSent(stack);
    // Each of two mailers at once asks at most twice, so one order at least finds no room.
    let asked = 0;
    stack.faults.add({
      principal: "Mailer",
      times: Infinity,
      errorFor: (operation) => {
        if (!operation.startsWith("Send") || operation === "SendMessage") return undefined;
        const { name: code, message } = sesRefusals.rate;
        asked += 1;
        return asked >= 2 && asked <= 5 ? { code, message, status: 400 } : undefined;
      },
    });
    for (const { email, password } of people) await succeed("requestOtp", { email, password });
    for (const { email } of people) await letterTo(email, 2);
    await allLettersSent(stack);
    for (const { email } of people) expect(await lettersTo(email)).toHaveLength(2);
    expect(dead()).toEqual([]);
    const [{ email } = newPerson()] = people;
    await succeed("activateUser", { email, otp_code: await codeTo(email, 2) });
    await logWith(stack, "Mailer", ['"outcome":"throttled"', '"kind":"activation"']);
  });
});

describe("a letter that SES refuses for good", () => {
  it("goes to the dead letters at once, without its address", async () => {
    const person = newPerson();
    const already = messagesIn(stack, "MailDeadLettersUrl").ready.length;
    const rejected = {
      name: "MessageRejected",
      message: `Email address is not verified. The following identities failed the check: ${person.email}`,
    };
    const fault = sesAnswers(rejected, 1);
    await register(person);
    const [message] = await eventually("the dead letter", () => {
      const { ready } = messagesIn(stack, "MailDeadLettersUrl");
      return ready.length > already ? ready.slice(already) : undefined;
    });
    expect(fault.struck()).toBe(1);
    expect(JSON.parse(message?.body ?? "")).toMatchObject({ kind: "activation", tries: 0 });
    expect(JSON.stringify(message)).not.toContain(person.email);
    const words = [
      '"level":"ERROR"',
      '"kind":"activation"',
      '"outcome":"refused"',
      '"name":"MessageRejected"',
    ];
    const { line } = await logWith(stack, "Mailer", words);
    expect(line).toContain("[address]");
    expect(line).not.toContain(person.email);
    expect((await call("requestOtp", person)).status).toBe(200);
    await codeTo(person.email);
  });
});

describe("an old order", () => {
  it("of a code is dropped after 15 minutes, and logged", async () => {
    const person = await activated();
    await loginCode(person);
    const before = (await lettersTo(person.email)).length;
    const order = { kind: "login", userId: person.id, otpRequestId: "r" };
    expect(await deliverOrder(stack, order, 15 * 60 + 5)).toEqual({ payload: { batchItemFailures: [] } });
    expect(await lettersTo(person.email)).toHaveLength(before);
    await logWith(stack, "Mailer", ['"outcome":"too_old"', '"kind":"login"']);
    await metricMoved(stack, "LettersTooOld");
  });

  it("of a notice is sent however long it has waited", async () => {
    const person = await signedIn();
    const before = (await lettersTo(person.email)).length;
    const order = { kind: "rank_changed", userId: person.id, isStaff: true };
    await deliverOrder(stack, order, 3 * 86_400);
    expect(await lettersTo(person.email)).toHaveLength(before + 1);
  });
});

// Comes last, because the orders in the queues wait for minutes.
describe("a closed SES", () => {
  it("keeps orders in their own queues", async () => {
    const person = await signedIn();
    const already = dead().length;
    sesAnswers(sesRefusals.quota, Infinity);
    const password = newPassword();
    const body = { current_password: person.password, new_password: password };
    await succeed("setPassword", body, { token: person.access });
    await succeed("requestOtp", { email: person.email, password });
    const waiting = (output: "MailQueueUrl" | "NoticeQueueUrl") =>
      messagesIn(stack, output).delayed.map((message) => JSON.parse(message.body));
    await metricMoved(stack, "SendingStopped", 2);
    const [[code], [notice]] = await eventually("both orders to wait", () => {
      const both = [waiting("MailQueueUrl"), waiting("NoticeQueueUrl")] as const;
      return both.every(({ length }) => length === 1) ? both : undefined;
    });
    expect([code, notice]).toMatchObject([
      { kind: "login", tries: 1 },
      { kind: "password_changed", tries: 1 },
    ]);
    expect(code.orderedAt).toBeGreaterThan(Date.now() / 1000 - 60);
    expect(dead()).toHaveLength(already);
    stack.faults.clear();
    for (const order of [code, notice]) await deliverOrder(stack, order);
    expect(await lettersTo(person.email)).toHaveLength(4);
  });
});

describe("npm run smoke", () => {
  const smoke = (...options: string[]) => runCommand("smoke-test", options, stack);
  const simulated = async () =>
    (await itemsOf(stack, "UsersTable")).filter(({ email }) => String(email).includes("@simulator."));

  it("names the mailer if no letter leaves, and cleans up", async () => {
    sesAnswers({ name: "MessageRejected", message: "Email address is not verified." }, Infinity);
    const { code, stdout, stderr } = await smoke("--wait", "1");
    expect(code).toBe(1);
    expect(stdout).toContain("ok       register, ");
    expect(stderr).toMatch(
      /^failed {3}letter with an activation code, 1\.\d\d s: The mailer has sent no letter within 1 s\. Look at the log of lit-auth-test-mailer, /,
    );
    expect(await simulated()).toEqual([]);
  });

  it("says who may read the digest keys, and does without", async () => {
    const denied = {
      code: "AccessDeniedException",
      message: "explicit deny in a resource-based policy",
      status: 400,
    };
    stack.faults.add({
      principal: "Runner",
      operation: "GetSecretValue",
      holding: "DigestKeys",
      error: denied,
      times: Infinity,
    });
    const { code, stdout, stderr } = await smoke();
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^failed {3}read the digest keys, .*KEY_OPERATOR_ARN names the one.* explicit deny/,
    );
    const without = await smoke("--letters-only");
    expect([without.code, without.stderr]).toEqual([0, ""]);
    expect(without.stdout).toContain("ok       letter with an activation code, ");
    expect(without.stdout).toContain("It did not sign in");
    expect(await simulated()).toEqual([]);
  });
});
