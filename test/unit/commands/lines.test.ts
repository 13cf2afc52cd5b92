import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { linesOf, type Line } from "../../../commands/user-files/lines.ts";

async function* inChunks(bytes: Buffer, size: number) {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}
const read = async (text: string | Buffer, size = 7): Promise<Line[]> => {
  const lines: Line[] = [];
  for await (const line of linesOf(inChunks(Buffer.from(text), size))) lines.push(line);
  return lines;
};

describe("line of a file", () => {
  it("is read as written, in chunks of any size", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: "grapheme" }).map((text) => text.replace(/\n|^\ufeff/g, ""))),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        async (texts, size, ended) => {
          const whole = texts.join("\n") + (ended && texts.length > 0 ? "\n" : "");
          const expected = whole.replace(/\n$/, "").split("\n");
          const lines = await read(whole, size);
          expect(lines).toEqual(
            whole === "" ? [] : expected.map((text, index) => ({ number: index + 1, text })),
          );
        },
      ),
      { numRuns: 50 },
    ));

  it("ends only at a line feed, and loses a byte order mark", async () => {
    expect(await read("\ufeff{\u2028\u2029\r\x85}\r\nb")).toEqual([
      { number: 1, text: "{\u2028\u2029\r\x85}\r" },
      { number: 2, text: "b" },
    ]);
  });

  it("is reported if unreadable, without hiding the next lines", async () => {
    const long = "x".repeat(70_000);
    expect(
      await read(Buffer.concat([Buffer.from([0x61, 0xff, 0x0a]), Buffer.from(`${long}\nb`)]), 4_096),
    ).toEqual([
      { number: 1, problem: "Not UTF-8." },
      { number: 2, problem: "Longer than 65536 bytes." },
      { number: 3, text: "b" },
    ]);
  });
});
