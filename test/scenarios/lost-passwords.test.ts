import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { call, succeed, type Answer } from "../support/calls/api.ts";
import { eventually } from "../support/assert/eventually.ts";
import { comparable } from "../support/assert/comparable.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";
import { codeIn, letterTo, lettersTo } from "../support/mail/letters.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { activated, newPerson, register, resetCode, signedIn, signIn } from "../support/people/people.ts";
import { newPassword } from "../support/people/credentials.ts";

let stack: TestStack;
let store: DynamoDBDocumentClient;
beforeAll(async () => {
  stack = await startTestStack({ returnFailedAfterSeconds: 1 });
  const { url, region, accessKeyId, secretAccessKey } = stack.endpoint;
  const credentials = { accessKeyId, secretAccessKey };
  store = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: url, region, credentials }));
});
afterEach(() => stack.faults.clear());
afterAll(() => stack.remove());

const tableOf = (label: string) => Object.entries(stack.outputs).find(([name]) => name.includes(label))?.[1];
const itemsOf = async (label: string) =>
  (await store.send(new ScanCommand({ TableName: tableOf(label), ConsistentRead: true }))).Items ?? [];

const confirm = (email: string, otp_code: string, new_password = newPassword()) =>
  call("confirmPasswordReset", { email, otp_code, new_password });

/** The mailer takes one order, as the queue hands it over. */
const deliver = (order: object) =>
  stack.invoke("Mailer", {
    Records: [
      {
        messageId: "message",
        body: JSON.stringify(order),
        attributes: { SentTimestamp: String(Date.now()) },
        eventSource: "aws:sqs",
      },
    ],
  });

describe("a lost password", () => {
  it("costs the same calls and gets the same answers, whoever's it is", async () => {
    const [known, withCode, pending] = [await activated(), await activated(), await register()];
    await resetCode(withCode);
    const callsOf = async (work: () => Promise<Answer>) => {
      stack.resetCalls();
      const answer = await work();
      const { Mailer: _, MailerPoller: __, ...functions } = stack.calls();
      return { answer: comparable(answer), functions };
    };
    const seen = async (email: string) => [
      await callsOf(() => call("resetPassword", { email })),
      await callsOf(() => confirm(email, "AAAA-BBBB-CCCC-DDDD")),
      await callsOf(() => confirm(email, "AAAA-BBBB-CCCC-DDDD", "12345678")),
    ];
    await seen(newPerson().email);
    const ofStranger = await seen(newPerson().email);
    expect(ofStranger[1]?.functions).toEqual({
      ConfirmPasswordReset: {
        "dynamodb:UpdateItem": 1,
        "dynamodb:GetItem": 1,
        "dynamodb:Query": 1,
        "dynamodb:TransactWriteItems": 1,
      },
    });
    for (const { email } of [known, withCode, pending]) expect(await seen(email)).toEqual(ofStranger);
  });

  it("is replaced once though the answer of the write was lost", async () => {
    const person = await activated();
    const otp_code = await resetCode(person);
    const fault = stack.faults.add({
      principal: "ConfirmPasswordReset",
      operation: "TransactWriteItems",
      lostAnswer: true,
    });
    expect((await confirm(person.email, otp_code)).status).toBe(204);
    expect(fault.struck()).toBe(1);
    expectRefused(await confirm(person.email, otp_code), "code_refused");
  });

  it("gets one letter from an order that is delivered twice, and another from one that failed", async () => {
    const person = await activated();
    const fault = stack.faults.add({
      principal: "Mailer",
      operation: "SendEmail",
      error: { code: "MessageRejected", status: 400 },
    });
    const otp_code = await resetCode(person);
    expect(fault.struck()).toBe(1);
    await allLettersSent(stack);
    const users = await itemsOf("Users");
    const addressKey = users.find(({ pk }) => pk === `user#${person.id}`)?.["addressKey"];
    const otpRequestId = users.find(({ pk }) => pk === `reset#${addressKey}`)?.["lastRequestId"];
    await deliver({ kind: "password_reset", addressKey, otpRequestId });
    expect(await lettersTo(person.email)).toHaveLength(2);
    expect((await confirm(person.email, otp_code)).status).toBe(204);
  });

  it("gets no letter and no new password while the account is disabled", async () => {
    const person = await activated();
    const otp_code = await resetCode(person);
    const users = await itemsOf("Users");
    const addressKey = users.find(({ pk }) => pk === `user#${person.id}`)?.["addressKey"];
    await store.send(
      new UpdateCommand({
        TableName: tableOf("Users"),
        Key: { pk: `user#${person.id}` },
        UpdateExpression: "SET #status = :disabled",
        ExpressionAttributeNames: { "#status": "status" },
        ExpressionAttributeValues: { ":disabled": "disabled" },
      }),
    );
    expectRefused(await confirm(person.email, otp_code), "code_refused");
    await deliver({ kind: "password_reset", addressKey, otpRequestId: "another" });
    expect(await lettersTo(person.email)).toHaveLength(2);
  });
});

describe("what was done", () => {
  it("is written down with the account's id, act by act, and without the address", async () => {
    const person = await signedIn();
    const password = newPassword();
    const token = person.access;
    await succeed("exportMe", undefined, { token });
    await succeed("setPassword", { current_password: person.password, new_password: password }, { token });
    await letterTo(person.email, 3);
    const otp_code = await resetCode(person, 3);
    expectRefused(await confirm(person.email, "AAAA-BBBB-CCCC-DDDD"), "code_refused");
    const last = newPassword();
    expect((await confirm(person.email, otp_code, last)).status).toBe(204);
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

describe("a changed password", () => {
  it("is changed once though the answer of the write was lost", async () => {
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
});

describe("a deleted account", () => {
  it("leaves nothing but counters, drops letters on their way to it and gets a last one", async () => {
    const person = await signedIn();
    await resetCode(person, 2);
    const { email, id, password } = person;
    const addressKey = (await itemsOf("Users")).find(({ pk }) => pk === `user#${id}`)?.["addressKey"];
    await register(newPerson({ email }));
    await letterTo(email, 4);
    await allLettersSent(stack);

    const slow = stack.faults.add({
      principal: "Mailer",
      operation: "UpdateItem",
      delayMilliseconds: 60_000,
    });
    await succeed("requestOtp", { email, password });
    await eventually("the letter on its way", () => (slow.struck() === 1 ? true : undefined));
    await succeed("deleteMe", { current_password: password }, { token: person.access });

    const goodbye = await letterTo(email, 5);
    expect(goodbye.Subject).toContain("your account was deleted");
    slow.remove();
    await allLettersSent(stack);
    expect(await lettersTo(email)).toHaveLength(5);
    const ofThem = (text: string) => [id, email, addressKey].some((mark) => text.includes(String(mark)));
    const left = async (label: string) =>
      (await itemsOf(label)).filter((item) => ofThem(JSON.stringify(item)));
    // The name and id of the second registration, which nobody had proven: reserved till its end, and without the address.
    const [first, ...rest] = (await left("Users")).toSorted((a, b) => String(a["pk"]).localeCompare(b["pk"]));
    expect(first).toEqual({ pk: `goodbye#${id}`, expiresAt: expect.any(Number) });
    expect(rest.map(({ pk }) => String(pk).replace(/#.*/, ""))).toEqual(["registration", "username"]);
    expect(await left("Sessions")).toEqual([]);
    for (const { pk } of await left("Limits")) expect(pk).toMatch(/^limit#/);
  });

  it("gets its last letter once", async () => {
    const person = await signedIn();
    await succeed("deleteMe", { current_password: person.password }, { token: person.access });
    await letterTo(person.email, 3);
    const forgotten = async () =>
      (await itemsOf("Users")).find(({ pk }) => pk === `goodbye#${person.id}`)?.["email"] === undefined;
    await eventually("the address forgotten", async () => ((await forgotten()) ? true : undefined));
    await deliver({ kind: "goodbye", userId: person.id });
    const letters = await lettersTo(person.email);
    expect(letters).toHaveLength(3);
    expect(() => codeIn(letters[2]!)).toThrow("no code in the letter");
  });
});
