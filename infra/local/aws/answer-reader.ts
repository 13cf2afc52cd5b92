// Reads one HTTP answer from the packets of a connection. An engine may split it anywhere.

export type EngineAnswer = {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  keepsAlive: boolean;
};
export type AnswerReader = {
  add: (packet: Buffer) => EngineAnswer | undefined;
  /** The connection has ended. This completes only an answer that has no other end. */
  end: () => EngineAnswer;
};
type Head = Pick<EngineAnswer, "status" | "headers"> & { isCurrent: boolean };
type Body = { body: Buffer; surplusBytes: number };
type BodyReader = (packet: Buffer) => Body | undefined;

const mostHeadBytes = 64 * 1024;
const lineEnd = "\r\n";
const nothing = Buffer.alloc(0);
const joined = (first: Buffer, second: Buffer) =>
  first.length === 0 ? second : Buffer.concat([first, second]);

const parseHead = (head: string): Head => {
  const [first = "", ...lines] = head.split(lineEnd);
  const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first) ?? [];
  if (status === undefined) throw new Error("The engine's answer is not HTTP.");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { status: Number(status), headers, isCurrent: minor === "1" };
};

const invalidLength = () => new Error("The engine's answer has no valid length.");
const sizeOf = (digits: string, base: 10 | 16): number => {
  if (!(base === 10 ? /^\d{1,15}$/ : /^[\da-f]{1,12}$/i).test(digits)) throw invalidLength();
  return Number.parseInt(digits, base);
};

const readLength = (length: number): BodyReader => {
  const parts: Buffer[] = [];
  let missing = length;
  return (packet) => {
    parts.push(packet);
    missing -= packet.length;
    if (missing > 0) return undefined;
    const all = parts.length === 1 ? packet : Buffer.concat(parts);
    return { body: all.subarray(0, length), surplusBytes: -missing };
  };
};

const readChunks = (): BodyReader => {
  const parts: Buffer[] = [];
  let unread: Buffer = nothing;
  let missing = 0;
  let awaited: "size" | "data" | "end of data" | "trailer" = "size";
  return (packet) => {
    unread = joined(unread, packet);
    for (;;) {
      if (awaited === "data") {
        const part = unread.subarray(0, missing);
        parts.push(part);
        missing -= part.length;
        unread = unread.subarray(part.length);
        if (missing > 0) return undefined;
        awaited = "end of data";
      }
      const end = unread.indexOf(lineEnd);
      if (end === -1 && unread.length > mostHeadBytes) throw invalidLength();
      if (end === -1) return undefined;
      const line = unread.toString("latin1", 0, end);
      unread = unread.subarray(end + lineEnd.length);
      if (awaited === "size") {
        missing = sizeOf(line.replace(/\s*(;.*)?$/s, ""), 16);
        awaited = missing === 0 ? "trailer" : "data";
      } else if (awaited === "end of data") {
        if (line !== "") throw invalidLength();
        awaited = "size";
      } else if (line === "") return { body: Buffer.concat(parts), surplusBytes: unread.length };
    }
  };
};

export const createAnswerReader = (): AnswerReader => {
  let unread: Buffer = nothing;
  let head: Head | undefined;
  let readBody: BodyReader | undefined;
  let partsUntilEnd: Buffer[] | undefined;

  const begin = ({ status, headers }: Head): BodyReader => {
    if (status === 204 || status === 304) return readLength(0);
    if (headers["transfer-encoding"]?.toLowerCase() === "chunked") return readChunks();
    const length = headers["content-length"];
    if (length !== undefined) return readLength(sizeOf(length, 10));
    const parts: Buffer[] = (partsUntilEnd = []);
    return (packet) => void parts.push(packet);
  };

  const add = (packet: Buffer): EngineAnswer | undefined => {
    let rest = packet;
    if (head === undefined || readBody === undefined) {
      unread = joined(unread, packet);
      const end = unread.indexOf(lineEnd + lineEnd);
      if (end === -1 && unread.length > mostHeadBytes)
        throw new Error("The head of the engine's answer is too long.");
      if (end === -1) return undefined;
      rest = unread.subarray(end + 2 * lineEnd.length);
      const parsed = parseHead(unread.toString("latin1", 0, end));
      unread = nothing;
      // The answer itself follows an interim one.
      if (parsed.status < 200) return add(rest);
      head = parsed;
      readBody = begin(parsed);
    }
    const complete = readBody(rest);
    if (complete === undefined) return undefined;
    const { status, headers, isCurrent } = head;
    const closes = headers["connection"]?.toLowerCase() === "close";
    const keepsAlive = isCurrent && !closes && complete.surplusBytes === 0;
    return { status, headers, body: complete.body, keepsAlive };
  };

  return {
    add,
    end: () => {
      if (head === undefined || partsUntilEnd === undefined)
        throw new Error("The engine closed the connection before its answer was complete.");
      return {
        status: head.status,
        headers: head.headers,
        body: Buffer.concat(partsUntilEnd),
        keepsAlive: false,
      };
    },
  };
};
