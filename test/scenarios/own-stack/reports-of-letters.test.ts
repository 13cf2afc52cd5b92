// Follows reports of SES from the mailer to the queue. Its consumer is taken away, so they stay.
// The language of this stack is French.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SynthesisedStack } from "../../../infra/synthesise.ts";
import { feedbackMessage } from "../../../shared/delivery/feedback-message.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { send, succeed } from "../../support/calls/api.ts";
import { codeIn, letterTo } from "../../support/mail/letters.ts";
import { allLettersSent } from "../../support/mail/mail-queue.ts";
import { newPassword, newUsername } from "../../support/people/credentials.ts";
import { register } from "../../support/people/people.ts";
import { outputOf } from "../../support/stacks/stack-outputs.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";

const withoutConsumer = (stacks: SynthesisedStack[]) => {
  for (const { template } of stacks)
    for (const [id, { Type }] of Object.entries(template.Resources))
      if (Type === "AWS::Lambda::EventSourceMapping" && id.startsWith("Feedback"))
        Reflect.deleteProperty(template.Resources, id);
};

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ alter: withoutConsumer, settings: { DEFAULT_LOCALE: "fr" } });
});
afterAll(() => stack.remove());

const bodiesIn = (output: string): string[] => {
  const messages = stack.inspectQueue(outputOf(stack, output).split("/").at(-1) ?? "")?.messages;
  if (messages === undefined) throw new Error(`there is no queue ${output}`);
  return [...messages.ready, ...messages.delayed, ...messages.inflight.map(({ message }) => message)].map(
    ({ body }) => body,
  );
};

const reportsOf = (messageId: string, count = 1) =>
  eventually("reports", () => {
    const found = bodiesIn("FeedbackQueueUrl")
      .map((body) => feedbackMessage.parse(JSON.parse(body)))
      .filter((message) => message.sesMessageId === messageId);
    return found.length >= count ? found : undefined;
  });

/** Receives the reports without deleting them, until they are dead letters. */
const fillDeadLetters = async () => {
  const { url: endpoint, region, ...credentials } = stack.endpoint;
  const client = new SQSClient({ endpoint, region, credentials });
  const receive = new ReceiveMessageCommand({
    QueueUrl: outputOf(stack, "FeedbackQueueUrl"),
    MaxNumberOfMessages: 10,
    VisibilityTimeout: 0,
  });
  await eventually("dead letters", async () => {
    await client.send(receive);
    return bodiesIn("FeedbackDeadLettersUrl")[0];
  });
};

const simulator = (mailbox: string) => {
  const username = newUsername();
  return { username, email: `${mailbox}+${username}@simulator.amazonses.com`, password: newPassword() };
};

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
const common = {
  at: time,
  sentAt: time,
  recipient: expect.stringMatching(/^[\w-]{43}$/),
  kind: "activation",
};
const bounce = (bounceType: string, bounceSubType: string, mailbox: "missing" | "other") => ({
  event: "bounce",
  ...common,
  bounceType,
  bounceSubType,
  mailbox,
});
const complaint = { event: "complaint", ...common };

describe("reports of letters", () => {
  it.each([
    { mailbox: "bounce", expected: bounce("Permanent", "General", "missing") },
    { mailbox: "ooto", expected: bounce("Transient", "General", "other") },
    { mailbox: "suppressionlist", expected: bounce("Permanent", "Suppressed", "missing") },
    { mailbox: "complaint", expected: complaint },
  ])("reach the feedback queue from $mailbox@ of the simulator", async ({ mailbox, expected }) => {
    const { email } = await register(simulator(mailbox));
    const { Id } = await letterTo(email);
    expect(await reportsOf(Id)).toEqual([{ sesMessageId: Id, ...expected }]);
  });

  it("are none for a letter that arrives", async () => {
    const { email } = await register(simulator("success"));
    const { Id } = await letterTo(email);
    await allLettersSent(stack);
    expect(bodiesIn("FeedbackQueueUrl").join()).not.toContain(Id);
  });

  it("can be made by hand, also for each letter of a person", async () => {
    const person = await register();
    const first = await letterTo(person.email);
    const report = async (id: string, what: string, headers = {}) =>
      (await send("POST", `/_aws/ses/${id}/${what}`, { headers })).status;
    expect(await report(first.Id, "bounce")).toBe(204);
    await succeed("resetPassword", { email: person.email });
    const second = await letterTo(person.email, 2);
    expect(await report(second.Id, "complaint")).toBe(204);
    const [bounced] = await reportsOf(first.Id);
    const [complained] = await reportsOf(second.Id);
    expect(bounced).toEqual({ sesMessageId: first.Id, ...bounce("Permanent", "General", "missing") });
    expect(complained).toMatchObject({ event: "complaint", recipient: bounced?.recipient });
    expect(complained?.kind).not.toBe(bounced?.kind);

    expect(await report("unknown", "bounce")).toBe(404);
    expect(await report(first.Id, "click")).toBe(404);
    expect(await report(first.Id, "bounce", { origin: "https://elsewhere.example" })).toBe(403);
    expect((await send("GET", `/_aws/ses/${first.Id}/bounce`)).status).toBe(404);
    expect(await reportsOf(first.Id)).toHaveLength(1);
  });

  it("name no address in queues, dead letters and logs", async () => {
    const people = [await register(simulator("bounce")), await register(simulator("complaint"))];
    for (const { email } of people) await reportsOf((await letterTo(email)).Id);
    await allLettersSent(stack);
    await fillDeadLetters();
    const queues = ["FeedbackQueueUrl", "FeedbackDeadLettersUrl", "MailQueueUrl", "MailDeadLettersUrl"];
    expect(bodiesIn("FeedbackDeadLettersUrl").length).toBeGreaterThan(0);
    expect(queues.flatMap(bodiesIn).filter((body) => body.includes("@"))).toEqual([]);
    const logs = join(stack.dataDirectory, "logs");
    for (const file of readdirSync(logs)) {
      const log = readFileSync(join(logs, file), "utf8");
      for (const { email } of people) expect(log.includes(email), file).toBe(false);
      expect(log.includes("simulator.amazonses.com"), file).toBe(false);
    }
    expect(stack.failedInvocations()).toEqual({});
  });
});

it("letters to people without a language are in that of the site", async () => {
  const { email } = await register();
  const letter = await letterTo(email);
  expect(letter.Subject).toBe("LIT Auth\u00a0: votre code d’activation");
  expect(letter.Body.html_part).toContain('<html lang="fr" dir="ltr">');
  expect(codeIn(letter)).toMatch(/^\d{3} \d{3}$/);
});
