import { describe, expect, it } from "vitest";
import { createAnswerReader } from "../../../infra/local/aws/answer-reader.ts";

const body = '{"name":"Zoë 🐢"}';
const bytes = Buffer.byteLength(body);
const cutBody = Buffer.from(body);
const chunk = (part: Buffer, size = part.length.toString(16)) =>
  Buffer.concat([Buffer.from(`${size}\r\n`), part, Buffer.from("\r\n")]);
const chunks = (end = "0\r\n\r\n") =>
  Buffer.concat([
    Buffer.from("HTTP/1.1 200 OK\r\ncontent-type: a\r\ntransfer-encoding: Chunked\r\n\r\n"),
    // The first chunk ends inside a character.
    chunk(cutBody.subarray(0, 12)),
    chunk(cutBody.subarray(12), `00${(bytes - 12).toString(16).toUpperCase()} ; name="a"`),
    Buffer.from(end),
  ]);
const withLength = `HTTP/1.1 400 Bad Request\r\nContent-Type:a\r\nContent-Length:  ${bytes} \r\n\r\n${body}`;

const complete: [name: string, answer: Buffer, status: number, keepsAlive: boolean][] = [
  ["length", Buffer.from(withLength), 400, true],
  ["interim answer", Buffer.from(`HTTP/1.1 100 Continue\r\n\r\n${withLength}`), 400, true],
  ["chunks", chunks(), 200, true],
  ["chunks and trailers", chunks("0\r\ncrc: 1\r\nand: 2\r\n\r\n"), 200, true],
  ["old version", Buffer.from(withLength.replace("1.1", "1.0")), 400, false],
  [
    "announced close",
    Buffer.from(withLength.replace("\r\n\r\n", "\r\nConnection: Close\r\n\r\n")),
    400,
    false,
  ],
  ["more bytes than its length", Buffer.from(`${withLength}HTTP/1.1 200 OK`), 400, false],
];

describe("answer of an engine", () => {
  it.each(complete)("with %s is read wherever it is split", (_, answer, status, keepsAlive) => {
    for (let cut = 0; cut < answer.length; cut += 1) {
      const reader = createAnswerReader();
      const packets = [answer.subarray(0, cut), answer.subarray(cut)];
      const read = packets.map(reader.add).find((result) => result !== undefined);
      expect(read?.body.toString()).toBe(body);
      expect(read).toMatchObject({ status, headers: { "content-type": "a" } });
      // What follows the body may come after the answer was read.
      if (cut < Buffer.byteLength(withLength)) expect(read?.keepsAlive).toBe(keepsAlive);
    }
  });

  it.each(complete)("with %s is read byte by byte", (_, answer) => {
    const reader = createAnswerReader();
    const results = [...answer].map((byte) => reader.add(Buffer.from([byte])));
    expect(results.find((result) => result !== undefined)?.body.toString()).toBe(body);
  });

  it.each([
    ["length 0", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"],
    ["no chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["status 204", "HTTP/1.1 204 No Content\r\n\r\n"],
    ["no reason", "HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n"],
  ])("with %s has an empty body", (_, text) => {
    expect(createAnswerReader().add(Buffer.from(text))).toMatchObject({
      body: Buffer.alloc(0),
      keepsAlive: true,
    });
  });

  it("without a length ends with the connection", () => {
    const reader = createAnswerReader();
    for (const part of ["HTTP/1.1 200 OK\r\n\r", "\n{", "}"])
      expect(reader.add(Buffer.from(part))).toBeUndefined();
    expect(reader.end()).toMatchObject({ status: 200, body: Buffer.from("{}"), keepsAlive: false });
  });

  it.each([
    ["nothing", ""],
    ["half a head", "HTTP/1.1 200 OK\r\ncontent-le"],
    ["half a body", "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"],
    ["half a chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{"],
    ["no last chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n"],
    ["half a trailer", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\ncrc: 1\r\n"],
  ])("is an error if the connection ends after %s", (_, text) => {
    const reader = createAnswerReader();
    expect(reader.add(Buffer.from(text))).toBeUndefined();
    expect(() => reader.end()).toThrow("before its answer was complete");
  });

  it.each([
    ["another protocol", "SSH-2.0-x\r\n\r\n", "not HTTP"],
    ["a negative length", "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n", "no valid length"],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1, 2\r\n\r\n", "no valid length"],
    ["an empty length", "HTTP/1.1 200 OK\r\ncontent-length:\r\n\r\n", "no valid length"],
    ["a chunk of words", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nsix\r\n", "no valid length"],
    [
      "a chunk too long",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n",
      "no valid length",
    ],
    ["an endless head", `HTTP/1.1 200 OK\r\nx: ${"y".repeat(70_000)}`, "too long"],
    [
      "an endless size",
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${"1".repeat(70_000)}`,
      "no valid length",
    ],
  ])("is an error with %s", (_, text, message) => {
    expect(() => createAnswerReader().add(Buffer.from(text))).toThrow(message);
  });
});
