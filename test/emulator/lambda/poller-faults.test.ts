// The poller's calls are checked, counted and disturbed like those of functions.
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../../support/assert/eventually.ts";
import { clientAs, dispose, startFixtureStack, useStack } from "../fixtures/use-stack.ts";

const lines: string[] = [];
const stack = useStack({ onLog: (principal, line) => lines.push(`${principal} ${line}`) });
const principal = "ConsumerPoller";
const reported = (...texts: string[]) =>
  eventually(`a line with ${texts.join(" and ")}`, () =>
    lines.find((line) => [principal, ...texts].every((text) => line.includes(text))),
  );
const consumed = async (body: string) => {
  const QueueUrl = stack().outputs["data.WorkUrl"];
  await new SQSClient(clientAs(stack())).send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  await eventually(`${body} to be consumed`, () => lines.find((line) => line.includes(`"body":"${body}"`)));
};
const inFlight = () => stack().inspectQueue("data-Work")?.messages.inflight.length;

afterEach(() => stack().faults.clear());

describe("injected fault", () => {
  it("is reported by the poller, which goes on", async () => {
    const fault = stack().faults.add({
      principal,
      operation: "ReceiveMessage",
      error: { code: "Throttled", message: "Slow down." },
    });
    await reported("data-Work", 'Throttled: \\"Slow down.\\"');
    expect(fault.struck()).toBe(1);
    await consumed("event after an error");
  });

  it("loses an answer after the call was made", async () => {
    const fault = stack().faults.add({ principal, operation: "DeleteMessageBatch", lostAnswer: true });
    await consumed("event with a lost answer");
    await reported("connection");
    expect(fault.struck()).toBe(1);
    await eventually("the message to be deleted", () => (inFlight() === 0 ? true : undefined));
  });

  it("that delays a receive does not delay the stop", async () => {
    const slow = await startFixtureStack();
    const fault = slow.faults.add({ principal, operation: "ReceiveMessage", delayMilliseconds: 200_000 });
    await eventually("the delay to begin", () => (fault.struck() === 1 ? true : undefined));
    const startedAt = Date.now();
    await dispose(slow);
    expect(Date.now() - startedAt).toBeLessThan(100_000);
  });
});

it("a stopped poller takes no message", async () => {
  const idle = await startFixtureStack();
  const QueueUrl = idle.outputs["data.WorkUrl"];
  const sqs = new SQSClient(clientAs(idle));
  const received = () => idle.calls()[principal]?.["sqs:ReceiveMessage"] ?? 0;
  await eventually("the first receive", () => (received() > 0 ? true : undefined));
  const fault = idle.faults.add({ principal, operation: "ReceiveMessage", delayMilliseconds: 200_000 });
  await eventually("the delay to begin", () => (fault.struck() === 1 ? true : undefined));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "event that stays" }));
  await idle.stop();
  expect(idle.inspectQueue("data-Work")?.messages).toMatchObject({
    ready: [{ body: "event that stays" }],
    inflight: [],
  });
  await dispose(idle);
});

it("a poller without the right to receive reports what AWS says", async () => {
  const heard: string[] = [];
  const denied = await startFixtureStack({
    onLog: (label, line) => heard.push(`${label} ${line}`),
    alter: ({ service }) => {
      const text = JSON.stringify(service).replaceAll("sqs:ReceiveMessage", "sqs:GetQueueUrl");
      Object.assign(service, JSON.parse(text));
    },
  });
  try {
    const line = await eventually("the refusal", () => heard.find((one) => one.includes("AccessDenied")));
    expect(line).toContain(`${principal} `);
    expect(line).toMatch(
      /assumed-role\/[\w-]+\/ConsumerPoller is not authorized to perform: sqs:ReceiveMessage/,
    );
    expect(denied.calls()[principal]?.["sqs:ReceiveMessage"]).toBeGreaterThan(0);
  } finally {
    await dispose(denied);
  }
});
