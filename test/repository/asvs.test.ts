import { existsSync, globSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** The number of requirements of levels 1 and 2 in each section of ASVS 5.0.0. Level 3 follows. */
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
  ["8.1", 2],
  ["8.2", 3],
  ["8.3", 1],
  ["8.4", 1],
  ["9.1", 3],
  ["9.2", 4],
  ["13.1", 1],
  ["13.2", 5],
  ["13.3", 2],
  ["13.4", 5],
  ["14.1", 2],
  ["14.2", 4],
  ["14.3", 3],
  ["15.1", 3],
  ["15.2", 3],
  ["15.3", 7],
  ["16.1", 1],
  ["16.2", 5],
  ["16.3", 4],
  ["16.4", 3],
  ["16.5", 3],
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

/** Maps requirements to test files with a title that ends in their id: `[ASVS 6.3.1, 6.6.3]`. */
const testFiles = new Map<string, Set<string>>();
for (const file of globSync("test/**/*.test.ts"))
  for (const [, ids = ""] of readFileSync(file, "utf8").matchAll(/ \[ASVS ([\d., ]+)\](?=["'`],)/g))
    for (const id of ids.split(", "))
      testFiles.set(id, (testFiles.get(id) ?? new Set()).add(file.replaceAll("\\", "/")));

/** Returns the fault of a proof, or nothing if the proof holds. */
const faultOf = (number: string, proof: string): string | undefined => {
  const [, list] = /^tests in (.+)$/.exec(proof) ?? [];
  if (list) {
    const named = list.split(", ").map((name) => `test/${name.slice(1, -1)}.test.ts`);
    const tagged = [...(testFiles.get(number) ?? [])];
    return named.toSorted().join() === tagged.toSorted().join()
      ? undefined
      : `tests with [ASVS ${number}] are in ${tagged.join(", ") || "no file"}`;
  }
  const [, file, words] = /^`([\w./-]+)` says «(.+)»$/.exec(proof) ?? [];
  if (file && words)
    return existsSync(file) && readFileSync(file, "utf8").includes(words) ? undefined : `not said: ${proof}`;
  return /^(deviation|not applicable): .{10}/.test(proof)
    ? undefined
    : `neither tests, text nor reason: ${proof}`;
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

  it("names exactly the files of tagged tests, and texts that exist", () => {
    expect(
      rows
        .flatMap(({ number, proofs }) => proofs.map((proof) => [number, faultOf(number, proof)]))
        .filter(([, fault]) => fault),
    ).toEqual([]);
  });

  it("has a row that lists tests for every id in a title", () => {
    const listed = rows.filter(({ proofs }) => proofs.some((proof) => proof.startsWith("tests in ")));
    expect([...testFiles.keys()].toSorted()).toEqual(listed.map(({ number }) => number).toSorted());
  });

  it("detects a missing test, a missing text and a missing proof", () => {
    expect(faultOf("6.3.1", "tests in `repository/asvs`")).toContain("tests with [ASVS 6.3.1] are in test/");
    expect(faultOf("6.99.1", "tests in `repository/asvs`")).toContain("no file");
    expect(faultOf("6.1.1", "`README.md` says «words that are not in it»")).toContain("not said");
    expect(faultOf("6.1.1", "")).toContain("neither");
  });
});
