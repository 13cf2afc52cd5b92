import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";

/** The shell block under a heading. */
const blockUnder = (heading: string): string => {
  const [, section = ""] = readFileSync("README.md", "utf8").split(`\n## ${heading}\n`);
  const [, block = ""] = /```sh\n([\s\S]*?)```/.exec(section) ?? [];
  return block;
};

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

describe("README", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await startTestStack();
  });
  afterAll(() => stack.remove());

  it("shows commands that work repeatedly and answer as it says", async () => {
    const block = blockUnder("The flow").replaceAll("http://127.0.0.1:8000", stack.url);
    const promised = block.split("\n").filter((line) => line.startsWith("# "));
    expect(promised.length).toBeGreaterThan(8);
    for (const time of ["the first", "the second"]) {
      // Not the blocking form: the stack answers from this very process.
      const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", block], {
        timeout: 120_000,
      });
      const answered = stdout.trim().split("\n");
      expect(answered, time).toHaveLength(promised.length);
      for (const [index, line] of promised.entries()) {
        const said = new RegExp(`^${escaped(line.slice(2)).replaceAll("…", '[^"]+')}$`);
        expect(answered[index], `${time} time`).toMatch(said);
      }
    }
  });

  it("has at most 150 lines", () => {
    expect(readFileSync("README.md", "utf8").trim().split("\n").length).toBeLessThanOrEqual(150);
  });
});
