import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../assert/eventually.ts";
import type { TestStack } from "./test-stack.ts";

/** Waits for a log line with all of these words: lines can be written after the response. */
export const logWith = (
  { dataDirectory }: Pick<TestStack, "dataDirectory">,
  functionLabel: string,
  words: readonly string[],
): Promise<{ log: string; line: string }> =>
  eventually(`a line of ${functionLabel} with ${words.join(", ")}`, () => {
    const log = readFileSync(join(dataDirectory, `logs/${functionLabel}.log`), "utf8");
    const line = log.split("\n").find((one) => words.every((word) => one.includes(word)));
    return line === undefined ? undefined : { log, line };
  });
