// Node's `readline` isn't used: it splits JSON texts at U+2028, replaces invalid UTF-8 silently,
// and would load a file without line endings into memory.
import { open, type FileHandle } from "node:fs/promises";

const longestBytes = 65_536;
const lineEnd = 0x0a;

export type Line = { number: number; text: string } | { number: number; problem: string };

const read = (number: number, bytes: Buffer): Line => {
  if (bytes.length > longestBytes) return { number, problem: `Longer than ${longestBytes} bytes.` };
  try {
    return { number, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { number, problem: "Not UTF-8." };
  }
};

export const openLines = async (path: string): Promise<FileHandle> => {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? new Error(`There is no file ${path}.`) : error;
  });
  if (!(await file.stat()).isDirectory()) return file;
  await file.close();
  throw new Error(`${path} is a folder. Name a file.`);
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
    // One byte more than allowed is enough to recognise a line that is too long.
    rest = Buffer.concat([rest, chunk.subarray(start)]).subarray(0, longestBytes + 1);
  }
  if (rest.length > 0) yield read(number, rest);
}
