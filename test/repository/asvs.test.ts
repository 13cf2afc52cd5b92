import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** How many requirements of levels 1 and 2 each section of ASVS 5.0.0 begins with; those of level 3 come after them. */
const sections = [
  ["6.1", 3],
  ["6.2", 12],
  ["6.3", 4],
  ["6.4", 4],
  ["6.5", 5],
  ["6.6", 3],
  ["6.8", 4],
  ["7.1", 3],
  ["7.2", 4],
  ["7.3", 2],
  ["7.4", 5],
  ["7.5", 2],
  ["7.6", 2],
  ["9.1", 3],
  ["9.2", 4],
] as const;

const rows = readFileSync("test/asvs.md", "utf8")
  .split("\n")
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .map(([, number = "", level = "", requirement = "", proof = ""]) => ({
    number,
    level,
    requirement,
    proofs: proof.split("<br>").map((text) => text.trim()),
  }));

const hasTest = (file: string, title: string): boolean => {
  if (!existsSync(file)) return false;
  const source = readFileSync(file, "utf8");
  return ['"', "'", "`"].some((quote) =>
    [...source.matchAll(/\b(?:it|test)\b[^;]*?\(\s*(?=["'`])/g)].some(({ index, 0: call }) =>
      source.startsWith(`${quote}${title}${quote}`, index + call.length),
    ),
  );
};

/** What is wrong with a proof; nothing if it holds. */
const faultOf = (proof: string): string | undefined => {
  const [, test, title] = /^`([\w/-]+)` «(.+)»$/.exec(proof) ?? [];
  if (test && title) return hasTest(`test/${test}.test.ts`, title) ? undefined : `no such test: ${proof}`;
  const [, file, words] = /^`([\w./-]+)` says «(.+)»$/.exec(proof) ?? [];
  if (file && words)
    return existsSync(file) && readFileSync(file, "utf8").includes(words) ? undefined : `not said: ${proof}`;
  return /^(deviation|not applicable): .{10}/.test(proof)
    ? undefined
    : `neither test, text nor reason: ${proof}`;
};

describe("test/asvs.md", () => {
  it("has each requirement of levels 1 and 2 once, in order", () => {
    const wanted = sections.flatMap(([section, count]) =>
      Array.from({ length: count }, (_, index) => `${section}.${index + 1}`),
    );
    expect(rows.map(({ number }) => number)).toEqual(wanted);
    expect(rows.every(({ level, requirement }) => /^[12]$/.test(level) && requirement.length > 10)).toBe(
      true,
    );
  });

  it("names only tests and texts that exist, and gives reasons for the rest", () => {
    expect(
      rows
        .flatMap(({ number, proofs }) => proofs.map((proof) => [number, faultOf(proof)]))
        .filter(([, fault]) => fault),
    ).toEqual([]);
  });

  it("would notice a title that no test has, and a row without a proof", () => {
    expect(faultOf("`infra/asvs` «no such title»")).toContain("no such test");
    expect(faultOf("`infra/nowhere` «anything»")).toContain("no such test");
    expect(faultOf("`README.md` says «words that nobody wrote»")).toContain("not said");
    expect(faultOf("")).toContain("neither");
  });
});
