// Posts to an engine over connections that it keeps. `node:http` costs three times the CPU, and
// every AWS call of every function passes here.
import type { Duplex } from "node:stream";
import { createAnswerReader, type AnswerReader, type EngineAnswer } from "./answer-reader.ts";

export type EngineClient = {
  /** `head` lacks the length. An aborted request closes its connection. */
  post: (head: string, body: Uint8Array, signal?: AbortSignal) => Promise<EngineAnswer>;
  close: () => void;
};
type Exchange = {
  reader: AnswerReader;
  resolve: (answer: EngineAnswer) => void;
  reject: (error: unknown) => void;
};
type Connection = { socket: Duplex; exchange: Exchange | undefined; idleSince: number };

/** Engines close a connection that idles for 30 seconds, perhaps just when it is used again. */
const mostIdleMilliseconds = 5000;

const withLength = (head: string, body: Uint8Array): Buffer => {
  const text = `${head}content-length: ${body.byteLength}\r\n\r\n`;
  const bytes = Buffer.allocUnsafe(text.length + body.byteLength);
  bytes.write(text, "latin1");
  bytes.set(body, text.length);
  return bytes;
};

export const createEngineClient = (connect: () => Duplex): EngineClient => {
  const all = new Set<Connection>();
  const idle: Connection[] = [];

  const settle = (connection: Connection, outcome: { answer: EngineAnswer } | { error: unknown }) => {
    const { exchange, socket } = connection;
    connection.exchange = undefined;
    if ("answer" in outcome && outcome.answer.keepsAlive) {
      connection.idleSince = performance.now();
      idle.push(connection);
    } else socket.destroy();
    if ("answer" in outcome) exchange?.resolve(outcome.answer);
    else exchange?.reject(outcome.error);
  };

  const attempt = (connection: Connection, read: (reader: AnswerReader) => EngineAnswer | undefined) => {
    try {
      const answer = connection.exchange && read(connection.exchange.reader);
      if (answer !== undefined) settle(connection, { answer });
      // Bytes that answer no request must not be read as the answer to the next one.
      else if (connection.exchange === undefined) connection.socket.destroy();
    } catch (error) {
      settle(connection, { error });
    }
  };

  const open = (): Connection => {
    const socket = connect();
    const connection: Connection = { socket, exchange: undefined, idleSince: 0 };
    all.add(connection);
    socket.on("data", (packet: Buffer) => attempt(connection, (reader) => reader.add(packet)));
    socket.on("end", () => attempt(connection, (reader) => reader.end()));
    socket.on("error", (error) => settle(connection, { error }));
    socket.on("close", () => {
      all.delete(connection);
      const index = idle.indexOf(connection);
      if (index !== -1) idle.splice(index, 1);
      attempt(connection, (reader) => reader.end());
    });
    return connection;
  };

  const available = (): Connection => {
    for (;;) {
      const connection = idle.pop();
      if (connection === undefined) return open();
      const rested = performance.now() - connection.idleSince;
      if (rested < mostIdleMilliseconds && connection.socket.writable) return connection;
      connection.socket.destroy();
    }
  };

  return {
    post: (head, body, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const connection = available();
        const abort = () => settle(connection, { error: signal?.reason });
        const done = () => signal?.removeEventListener("abort", abort);
        signal?.addEventListener("abort", abort);
        connection.exchange = {
          reader: createAnswerReader(),
          resolve: (answer) => (done(), resolve(answer)),
          reject: (error) => (done(), reject(error)),
        };
        connection.socket.write(withLength(head, body));
      }),
    close: () => {
      for (const { socket } of all) socket.destroy();
    },
  };
};
