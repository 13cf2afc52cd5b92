import type { Context, SQSEvent } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { causeRequestId, logInfo } from "../../../shared/platform/logger.ts";
import { queueConsumer, type Received } from "../../../shared/platform/queue-consumer.ts";

const message = z.object({ kind: z.string(), causeRequestId: z.string().optional() });
type Message = z.output<typeof message>;

const eventOf = (...bodies: string[]) =>
  ({
    Records: bodies.map((body, index) => ({
      messageId: String(index),
      body,
      attributes: { SentTimestamp: String(1_000 * (100 + index)) },
    })),
  }) as SQSEvent;
const context = { awsRequestId: "invocation" } as Context;
const kindOf = (kind: string) => JSON.stringify({ kind });

describe("queue consumer", () => {
  const logged: string[] = [];
  beforeEach(() => {
    logged.length = 0;
    vi.stubEnv("POWERTOOLS_DEV", "true");
    for (const method of ["info", "error"] as const)
      vi.spyOn(console, method).mockImplementation((line: string) => void logged.push(line));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it("handles the messages of a batch one after the other", async () => {
    const steps: string[] = [];
    const consume = async ({ kind }: Message, _deps: object, received: Received) => {
      steps.push(`${kind} begins`);
      await new Promise((resolve) => setTimeout(resolve, 1));
      steps.push(`${kind} ends, batch ${received.batch}, queued at ${received.queuedAt}`);
      return "done";
    };
    const handler = await queueConsumer(message, consume, () => ({}));
    expect(await handler(eventOf(kindOf("a"), kindOf("b")), context)).toEqual({ batchItemFailures: [] });
    expect(steps).toEqual([
      "a begins",
      "a ends, batch invocation, queued at 100",
      "b begins",
      "b ends, batch invocation, queued at 101",
    ]);
  });

  it("returns only the messages that failed, even if all did", async () => {
    const consume = async ({ kind }: Message) => {
      if (kind === "bad") throw new Error("broken");
      return "done";
    };
    const handler = await queueConsumer(message, consume, () => ({}));
    expect(await handler(eventOf(kindOf("bad"), kindOf("good"), "{"), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: "0" }, { itemIdentifier: "2" }],
    });
    expect(await handler(eventOf(kindOf("bad")), context)).toEqual({
      batchItemFailures: [{ itemIdentifier: "0" }],
    });
  });

  it("names in its lines, and to orders, what caused each message", async () => {
    const causes: unknown[] = [];
    const consume = async () => {
      causes.push(causeRequestId());
      logInfo("letter", {});
      return "done";
    };
    const handler = await queueConsumer(message, consume, () => ({}));
    const caused = JSON.stringify({ kind: "a", causeRequestId: "call" });
    await handler(eventOf(caused, kindOf("of an earlier version"), caused, "{"), context);
    expect(causes).toEqual(["call", undefined, "call"]);
    const lines = logged.map((line) => JSON.parse(line));
    expect(lines.map((line) => line.causeRequestId)).toEqual([
      "call",
      "call",
      undefined,
      undefined,
      "call",
      "call",
      undefined,
    ]);
    for (const line of lines) expect(line.requestId).toBe("invocation");
  });

  it("logs one error for a message that needs a person", async () => {
    const error = new Error("identity ada@example.com is not verified");
    const handler = await queueConsumer(
      message,
      async () => ({ outcome: "refused", error }),
      () => ({}),
    );
    expect(await handler(eventOf(kindOf("a")), context)).toEqual({ batchItemFailures: [] });
    expect(logged.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        level: "ERROR",
        kind: "a",
        outcome: "refused",
        error: expect.objectContaining({ name: "Error", message: "identity [address] is not verified" }),
      }),
    ]);
  });
});
