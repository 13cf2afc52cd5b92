// Functions open their first connection with an unsigned `GET /ping`, which AWS answers too.
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { useStack } from "../fixtures/use-stack.ts";

const stack = useStack();

const ask = (method: string, path: string, headers: Record<string, string> = {}) =>
  new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const outgoing = request(new URL(path, stack().endpoint.url), { method, headers }, (incoming) => {
      text(incoming).then((body) => resolve({ status: incoming.statusCode, body }), reject);
    });
    outgoing.on("error", reject).end();
  });

describe("health of the AWS endpoint", () => {
  it("is told to callers without a key, and not counted", async () => {
    stack().resetCalls();
    const healthy = { status: 200, body: "healthy: dynamodb.us-east-1.amazonaws.com " };
    expect(await ask("GET", "/ping")).toEqual(healthy);
    const host = `localhost:${new URL(stack().endpoint.url).port}`;
    expect(await ask("GET", "/ping", { host })).toEqual(healthy);
    const { ConsumerPoller: _, ...others } = stack().calls();
    expect(others).toEqual({});
  });

  it("is refused under another host name", async () => {
    for (const host of ["evil.example", "127.0.0.1"]) {
      const refused = await ask("GET", "/ping", { host });
      expect(refused.status).toBe(403);
      expect(refused.body).not.toContain("healthy");
    }
  });

  it.each([
    ["POST", "/ping"],
    ["GET", "/"],
    ["GET", "/ping/"],
    ["GET", "/ping?Action=ListQueues"],
  ])("is no other request without a key (%s %s)", async (method, path) => {
    const { status, body } = await ask(method, path);
    expect(status).toBe(400);
    expect(body).toContain("UnrecognizedClientException");
  });
});
