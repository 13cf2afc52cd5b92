/**
 * The lines of a file, one by one and numbered. Not Node's `readline`, which takes U+2028 inside a JSON text for a line's end,
 * mends broken UTF-8 in its way, and would hold a file without any line's end in memory.
 */

const longestBytes = 65_536;
const lineEnd = 0x0a;

/** `text` is missing where it can't be had. */
export type Line = { number: number; text: string } | { number: number; problem: string };

const read = (number: number, bytes: Buffer): Line => {
  if (bytes.length > longestBytes) return { number, problem: `Longer than ${longestBytes} bytes.` };
  try {
    // Drops a byte order mark, too.
    return { number, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { number, problem: "Not UTF-8." };
  }
};

export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 1;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineEnd); end !== -1; end = chunk.indexOf(lineEnd, start)) {
      yield read(number, Buffer.concat([rest, chunk.subarray(start, end)]));
      [number, start, rest] = [number + 1, end + 1, Buffer.alloc(0)];
    }
    // Of a line that is too long already, one byte more than is allowed says so.
    rest = Buffer.concat([rest, chunk.subarray(start)]).subarray(0, longestBytes + 1);
  }
  if (rest.length > 0) yield read(number, rest);
}
