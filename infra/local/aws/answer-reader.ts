// Reads one HTTP answer from the packets of a connection. An engine may split it anywhere.

export type EngineAnswer = {
  status: number;
  /** Names are in lower case. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** Whether the engine waits for another request on this connection. */
  keepsAlive: boolean;
};
export type AnswerReader = {
  /** Returns the answer when it is complete. Throws if the bytes are no answer. */
  add: (packet: Buffer) => EngineAnswer | undefined;
  /** The connection has ended. This completes only an answer that has no other end. */
  end: () => EngineAnswer;
};
/** Each `yield` waits for the next packet. `undefined` stands for the end of the connection. */
type Reading<Result> = Generator<undefined, Result, Buffer | undefined>;

const mostHeadBytes = 64 * 1024;
const cutOff = "The engine closed the connection before its answer was complete.";

const parseHead = (head: string) => {
  const [first = "", ...lines] = head.split("\r\n");
  const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first) ?? [];
  if (status === undefined) throw new Error("The engine's answer is not HTTP.");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { status: Number(status), headers, isCurrent: minor === "1" };
};

const sizeOf = (text: string, radix: 10 | 16): number => {
  const digits = radix === 10 ? /^\d{1,15}$/ : /^[\da-f]{1,12}$/i;
  if (!digits.test(text)) throw new Error("The engine's answer has no valid length.");
  return Number.parseInt(text, radix);
};

function* readAnswer(): Reading<EngineAnswer> {
  let unread: Buffer = Buffer.alloc(0);

  function* more(): Reading<Buffer> {
    const packet = yield;
    if (packet === undefined) throw new Error(cutOff);
    return packet;
  }
  function* until(separator: string): Reading<string> {
    for (;;) {
      const end = unread.indexOf(separator);
      if (end !== -1) {
        const text = unread.toString("latin1", 0, end);
        unread = unread.subarray(end + separator.length);
        return text;
      }
      if (unread.length > mostHeadBytes) throw new Error("The head of the engine's answer is too long.");
      unread = Buffer.concat([unread, yield* more()]);
    }
  }
  function* take(bytes: number): Reading<Buffer> {
    const parts: Buffer[] = [];
    let missing = bytes;
    while (missing > unread.length) {
      parts.push(unread);
      missing -= unread.length;
      unread = yield* more();
    }
    parts.push(unread.subarray(0, missing));
    unread = unread.subarray(missing);
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  }
  function* takeChunks(): Reading<Buffer> {
    const parts: Buffer[] = [];
    for (;;) {
      const [size = ""] = (yield* until("\r\n")).split(";");
      const bytes = sizeOf(size.trim(), 16);
      if (bytes === 0) break;
      parts.push(yield* take(bytes));
      if ((yield* until("\r\n")) !== "") throw new Error("The engine's answer has no valid length.");
    }
    while ((yield* until("\r\n")) !== "");
    return Buffer.concat(parts);
  }
  function* takeAll(): Reading<Buffer> {
    const parts = [unread];
    for (let packet = yield; packet !== undefined; packet = yield) parts.push(packet);
    unread = Buffer.alloc(0);
    return Buffer.concat(parts);
  }

  let head = parseHead(yield* until("\r\n\r\n"));
  while (head.status < 200) head = parseHead(yield* until("\r\n\r\n"));
  const { status, headers, isCurrent } = head;
  const length = status === 204 || status === 304 ? "0" : headers["content-length"];
  const isChunked = headers["transfer-encoding"]?.toLowerCase() === "chunked";
  let body: Buffer;
  if (isChunked) body = yield* takeChunks();
  else body = length === undefined ? yield* takeAll() : yield* take(sizeOf(length, 10));
  const hasEnd = isChunked || length !== undefined;
  const closes = headers["connection"]?.toLowerCase() === "close";
  return { status, headers, body, keepsAlive: isCurrent && hasEnd && !closes && unread.length === 0 };
}

export const createAnswerReader = (): AnswerReader => {
  const reading = readAnswer();
  reading.next();
  return {
    add: (packet) => {
      const { done, value } = reading.next(packet);
      return done ? value : undefined;
    },
    end: () => {
      const { done, value } = reading.next(undefined);
      if (!done) throw new Error(cutOff);
      return value;
    },
  };
};
