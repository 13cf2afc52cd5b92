// Checks what a machine can check of plain English: words, widths, titles, the share of comments.
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { documents } from "./document-files.ts";

// `npm run client` writes one of these files, with sentences of the contract.
const production = globSync("{shared,functions,infra,commands,pages,client,examples}/**/*.{ts,tsx}")
  .filter((file) => basename(file) !== "operations.ts")
  .toSorted();
const tests = globSync("test/**/*.ts").toSorted();
const read = (file: string) => readFileSync(file, "utf8");

type Line = { file: string; number: number; text: string; comment: string | undefined };

/** The lines of a file that aren't blank, with the comment of those that hold nothing else. */
const linesOf = (file: string): Line[] => {
  let inBlock = false;
  return read(file)
    .split("\n")
    .map((text, index) => {
      const trimmed = text.trim();
      const isComment = inBlock || /^(\/\/|\/\*|\{\/\*)/.test(trimmed);
      if (isComment && !trimmed.startsWith("//")) inBlock = !/\*\/\}?$/.test(trimmed);
      return { file, number: index + 1, text, comment: isComment ? trimmed : undefined };
    })
    .filter(({ text }) => text.trim() !== "");
};
const at = ({ file, number, text }: Line) => `${file}:${number}: ${text.trim()}`;
const codeLines = [...production, ...tests].flatMap((file) => linesOf(file));
const comments = codeLines.filter(({ comment }) => comment !== undefined);

/** Words that make a reader translate: who is it, and what is it? People are "they". */
const bannedWords = /\b(whoever|whomever|whatever|nobody|somebody|himself|herself|he|she|his|him|hers)\b/i;

const titlePattern =
  /\b(it|describe)((?:\.\w+)*)(?:<[^()]*>)?(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))?\(\s*(["'`])((?:(?!\3)[^\\]|\\.)+)\3,/g;
const titles = tests
  .filter((file) => file.endsWith(".test.ts"))
  .flatMap((file) =>
    [...read(file).matchAll(titlePattern)].map(([, kind, , , title = ""]) => ({
      file,
      kind,
      title: title.replace(/ \[ASVS [\d., ]+\]$/, ""),
    })),
  );

describe("comments", () => {
  it("are at most 100 columns wide", () => {
    expect(comments.filter(({ text }) => text.length > 100).map(at)).toEqual([]);
  });

  it("are about one line of twenty in production code", () => {
    const lines = production.flatMap((file) => linesOf(file));
    const share = lines.filter(({ comment }) => comment !== undefined).length / lines.length;
    expect(share).toBeLessThan(0.06);
  });

  it("use no banned word", () => {
    expect(comments.filter(({ comment = "" }) => bannedWords.test(comment)).map(at)).toEqual([]);
  });
});

describe("texts that people read", () => {
  it("use no banned word in production code", () => {
    expect(
      codeLines.filter(({ file, text }) => !file.startsWith("test/") && bannedWords.test(text)).map(at),
    ).toEqual([]);
  });

  it("use no banned word in documents", () => {
    const lines = documents.flatMap((file) => linesOf(file));
    expect(lines.filter(({ text }) => bannedWords.test(text)).map(at)).toEqual([]);
  });
});

describe("test titles", () => {
  it("are found by the pattern of this file", () => {
    const calls = tests
      .filter((file) => file.endsWith(".test.ts"))
      .flatMap((file) => [...read(file).matchAll(/^\s*(?:it|describe|test)\b(?=[.(<])/gm)]);
    expect(titles).toHaveLength(calls.length);
  });

  it("have at most 12 words, subjects at most 8", () => {
    const long = titles.filter(({ kind, title }) => title.split(/\s+/).length > (kind === "it" ? 12 : 8));
    expect(long).toEqual([]);
  });

  it("use no banned word", () => {
    expect(titles.filter(({ title }) => bannedWords.test(title))).toEqual([]);
  });
});

it("no two test files have the same name", () => {
  const names = Map.groupBy(
    tests.filter((file) => file.endsWith(".test.ts")),
    (file) => basename(file),
  );
  expect([...names.values()].filter(({ length }) => length > 1)).toEqual([]);
});
