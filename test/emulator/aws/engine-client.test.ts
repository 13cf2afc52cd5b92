import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createEngineClient, type EngineClient } from "../../../infra/local/aws/engine-client.ts";
import { eventually } from "../../support/assert/eventually.ts";

const head = "POST / HTTP/1.1\r\nhost: engine\r\n";
const answerTo = (body: string, headers = "") =>
  `HTTP/1.1 200 OK\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

type Engine = { client: EngineClient; bodies: string[]; sockets: Set<Socket>; opened: () => number };
const ends: (() => void)[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const end of ends.splice(0)) end();
});

/** Runs an engine that answers each request as told. */
const startEngine = async (answer: (body: string, socket: Socket) => void): Promise<Engine> => {
  const bodies: string[] = [];
  const sockets = new Set<Socket>();
  let opened = 0;
  const server = createServer((socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    let unread = Buffer.alloc(0);
    socket.on("data", (packet) => {
      unread = Buffer.concat([unread, packet]);
      const start = unread.indexOf("\r\n\r\n") + 4;
      const length = Number(/content-length: (\d+)/.exec(unread.toString("latin1", 0, start))?.[1]);
      if (start < 4 || unread.length < start + length) return;
      const body = unread.toString("utf8", start, start + length);
      unread = unread.subarray(start + length);
      bodies.push(body);
      answer(body, socket);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const client = createEngineClient(() => connect({ port, host: "127.0.0.1", noDelay: true }));
  ends.push(() => {
    client.close();
    server.close();
  });
  return { client, bodies, sockets, opened: () => opened };
};
const post = async ({ client }: Engine, body: string, signal?: AbortSignal) =>
  (await client.post(head, Buffer.from(body), signal)).body.toString();

describe("client of an engine", () => {
  it("uses one connection for one request after another", async () => {
    const engine = await startEngine((body, socket) => socket.write(answerTo(`to ${body}`)));
    for (const body of ["a", "Zoë 🐢", "", "d"]) expect(await post(engine, body)).toBe(`to ${body}`);
    expect(engine.opened()).toBe(1);
  });

  it("gives every request in flight a connection of its own", async () => {
    const waiting: (() => void)[] = [];
    const engine = await startEngine((body, socket) => {
      waiting.push(() => socket.write(answerTo(`to ${body}`)));
      if (waiting.length === 5) for (const answer of waiting.splice(0).toReversed()) answer();
    });
    const bodies = ["1", "2", "3", "4", "5"];
    for (let round = 0; round < 2; round += 1)
      expect(await Promise.all(bodies.map((body) => post(engine, body)))).toEqual(
        bodies.map((body) => `to ${body}`),
      );
    expect(engine.opened()).toBe(5);
  });

  it("a request that waits delays no other one", async () => {
    const engine = await startEngine((body, socket) => {
      if (body !== "long poll") socket.write(answerTo(body));
    });
    const stopped = new AbortController();
    const waiting = post(engine, "long poll", stopped.signal);
    for (const body of ["a", "b"]) expect(await post(engine, body)).toBe(body);
    stopped.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
  });

  it.each([
    ["announces it", "connection: close\r\n", ""],
    ["sends more than the answer", "", "HTTP/1.1 200 OK\r\n\r\n"],
  ])("opens another connection if the engine %s", async (_, headers, surplus) => {
    const engine = await startEngine((body, socket) => socket.write(answerTo(body, headers) + surplus));
    for (const body of ["a", "b"]) expect(await post(engine, body)).toBe(body);
    expect(engine.opened()).toBe(2);
  });

  it("sends nothing on a connection that ended or spoke while idle", async () => {
    const engine = await startEngine((body, socket) => socket.write(answerTo(body)));
    const disturb: ((socket: Socket) => unknown)[] = [
      (socket) => socket.end(),
      (socket) => socket.destroy(),
      (socket) => socket.resetAndDestroy(),
      (socket) => socket.write(answerTo("late")),
    ];
    for (const [index, act] of disturb.entries()) {
      expect(await post(engine, `before ${index}`)).toBe(`before ${index}`);
      for (const socket of engine.sockets) act(socket);
      await eventually("the connection to end", () => (engine.sockets.size === 0 ? true : undefined));
      expect(await post(engine, `after ${index}`)).toBe(`after ${index}`);
      expect(engine.opened()).toBe(index + 2);
    }
    expect(engine.bodies).toHaveLength(disturb.length * 2);
  });

  it("leaves a connection that an engine may be about to close", async () => {
    const engine = await startEngine((body, socket) => socket.write(answerTo(body)));
    await post(engine, "a");
    const later = performance.now() + 6000;
    vi.spyOn(performance, "now").mockReturnValue(later);
    expect(await post(engine, "b")).toBe("b");
    expect(engine.opened()).toBe(2);
  });

  it.each([
    ["before its answer", ""],
    ["within the head", "HTTP/1.1 200 OK\r\ncontent-"],
    ["within the body", answerTo("all of it").slice(0, -3)],
  ])("fails, and repeats nothing, if the engine dies %s", async (_, part) => {
    for (const die of [
      (socket: Socket) => socket.end(part),
      (socket: Socket) => socket.write(part, () => socket.resetAndDestroy()),
    ]) {
      const engine = await startEngine((body, socket) =>
        body === "a" ? socket.write(answerTo(body)) : die(socket),
      );
      await post(engine, "a");
      await expect(post(engine, "b")).rejects.toThrow(/before its answer was complete|ECONNRESET/);
      expect(engine.bodies).toEqual(["a", "b"]);
      expect(await post(engine, "a")).toBe("a");
    }
  });

  it("fails if no engine listens", async () => {
    const engine = await startEngine(() => {});
    for (const end of ends.splice(0)) end();
    await expect(post(engine, "a")).rejects.toThrow("ECONNREFUSED");
  });

  it("closes the connection of an aborted request", async () => {
    const engine = await startEngine((body, socket) =>
      socket.write(answerTo(body).slice(0, body === "a" ? -1 : undefined)),
    );
    const stopped = new AbortController();
    const waiting = post(engine, "a", stopped.signal);
    await eventually("the request", () => (engine.bodies.length === 1 ? true : undefined));
    stopped.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    await eventually("the connection to end", () => (engine.sockets.size === 0 ? true : undefined));
    await expect(post(engine, "c", stopped.signal)).rejects.toThrow("stopped");
    expect(await post(engine, "b", new AbortController().signal)).toBe("b");
    expect(engine.bodies).toEqual(["a", "b"]);
  });

  it("an abort after the answer changes nothing", async () => {
    const engine = await startEngine((body, socket) => socket.write(answerTo(body)));
    const stopped = new AbortController();
    await post(engine, "a", stopped.signal);
    const next = post(engine, "b");
    stopped.abort();
    expect(await next).toBe("b");
    expect(engine.opened()).toBe(1);
  });

  it("passes large bodies in both directions", async () => {
    const engine = await startEngine((body, socket) => socket.write(answerTo(body)));
    const large = "Zoë 🐢 ".repeat(100_000);
    expect(await Promise.all([post(engine, large), post(engine, large)])).toEqual([large, large]);
  });

  it("rejects what is in flight when it closes", async () => {
    const engine = await startEngine(() => {});
    const waiting = post(engine, "a");
    await eventually("the request", () => (engine.bodies.length === 1 ? true : undefined));
    engine.client.close();
    await expect(waiting).rejects.toThrow("before its answer was complete");
  });
});
