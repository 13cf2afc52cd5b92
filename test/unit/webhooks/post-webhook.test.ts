import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { UserEvent } from "../../../shared/events/user-event.ts";
import { nowSeconds } from "../../../shared/platform/clock.ts";
import { postWebhook } from "../../../shared/webhooks/post-webhook.ts";
import { finished, readRing, rotated, shownSecret } from "../../../shared/webhooks/webhook-ring.ts";

const event: UserEvent = {
  id: "evt_0123456789abcdef",
  type: "user.email_changed",
  at: 1_767_225_600,
  userId: "6f1c7e0e-0000-4000-8000-000000000000",
  version: 3,
  actor: { by: "staff", id: "1" },
};
const ring = readRing(JSON.stringify({ current: "a".repeat(48) }));

let server: Server;
let answer: (response: ServerResponse, request: IncomingMessage) => void;
const got: { path: string | undefined; headers: Record<string, string>; body: string }[] = [];
const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = await text(request);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  got.push({ path: request.url, headers, body });
  answer(response, request);
};
beforeAll(async () => {
  server = createServer((request, response) => void take(request, response));
  await new Promise<void>((ready) => void server.listen(0, "127.0.0.1", ready));
});
beforeEach(() => {
  got.length = 0;
  answer = (response) => response.writeHead(204).end();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
const post = (own = ring, options = {}) => postWebhook(event, { url: url(), ring: own }, options);
const verify = (secret: string): unknown => {
  const [{ body, headers } = { body: "", headers: {} }] = got.slice(-1);
  return new Webhook(shownSecret(secret)).verify(body, headers);
};

describe("webhook", () => {
  it("is verified by a stock library, and holds ids only", async () => {
    expect(await post()).toEqual({ outcome: "delivered", status: 204 });
    expect(verify(ring.current)).toEqual({
      type: "user.email_changed",
      timestamp: "2026-01-01T00:00:00.000Z",
      data: { id: event.userId, version: 3 },
    });
    expect(got[0]).toMatchObject({
      path: "/hook",
      headers: { "webhook-id": event.id, "content-type": "application/json" },
    });
    expect(() => verify("b".repeat(48))).toThrow("No matching signature");
  });

  it("has the time of the try and the same id", async () => {
    await post(ring, { clock: () => nowSeconds() - 100 });
    await post();
    const [first, second] = got.map(({ headers }) => headers);
    expect(first?.["webhook-id"]).toBe(second?.["webhook-id"]);
    expect(Number(second?.["webhook-timestamp"]) - Number(first?.["webhook-timestamp"])).toBeGreaterThan(98);
    expect(first?.["webhook-signature"]).not.toBe(second?.["webhook-signature"]);
  });

  it("has two signatures while two secrets overlap, and then one", async () => {
    const both = rotated(ring);
    await post(both);
    expect(got[0]?.headers["webhook-signature"]).toMatch(/^v1,[\w+/]{43}= v1,[\w+/]{43}=$/);
    verify(ring.current);
    verify(both.current);
    await post(finished(both));
    verify(both.current);
    expect(() => verify(ring.current)).toThrow("No matching signature");
  });

  it.each([
    [200, "delivered"],
    [299, "delivered"],
    [301, "failed"],
    [307, "failed"],
    [400, "failed"],
    [410, "gone"],
    [500, "failed"],
  ])("answered with %i is %s", async (status, outcome) => {
    answer = (response) => response.writeHead(status, { location: "/elsewhere" }).end("text");
    expect(await post()).toMatchObject({ outcome, status });
    expect(got.map(({ path }) => path)).toEqual(["/hook"]);
  });

  it("tells how long the receiver asks to wait", async () => {
    answer = (response) => response.writeHead(503, { "retry-after": "120" }).end();
    expect(await post()).toEqual({ outcome: "failed", status: 503, askedSeconds: 120 });
  });

  it("does not wait for an answer or a body without an end", async () => {
    answer = () => {};
    expect(await post(ring, { patience: 50 })).toEqual({ outcome: "failed" });
    answer = (response) => response.writeHead(200).write("a");
    expect(await post()).toEqual({ outcome: "delivered", status: 200 });
  });

  it("fails without an answer where nothing listens", async () => {
    expect(await postWebhook(event, { url: "http://127.0.0.1:1/", ring })).toEqual({ outcome: "failed" });
  });
});

describe("secret of webhooks", () => {
  it("has the form of the specification, with at least 24 bytes", () => {
    const { current } = rotated(ring);
    const shown = shownSecret(current);
    expect(shown).toMatch(/^whsec_[\w+/]+=*$/);
    expect(Buffer.from(shown.slice(6), "base64").length).toBeGreaterThanOrEqual(24);
    expect(current).not.toBe(rotated(ring).current);
  });

  it.each(["", "secret", "{}", `{"current":"short"}`])("is refused without being quoted: %s", (stored) => {
    expect(() => readRing(stored)).toThrow(/^The secret of the webhooks is not what the stack made/);
  });
});
