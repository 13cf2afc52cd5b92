// Runs the shell lines of README.md and docs/api.md as a reader would.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { signedIn } from "../support/people/people.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";

let stack: Awaited<ReturnType<typeof sharedStack>>;
beforeAll(async () => {
  stack = await sharedStack();
});

// Returns the shell block of a document that registers someone.
const blockIn = (file: string): string => {
  const blocks = [...readFileSync(file, "utf8").matchAll(/```sh\n([^]*?)```/g)].map(([, block]) => block);
  const block = blocks.find((text) => text?.includes("post user/ ")) ?? "";
  return block.replaceAll("http://127.0.0.1:8000", stack.url);
};

// Returns the lines that a block prints. Asynchronous, because the stack answers from this process.
const run = async (block: string): Promise<string[]> => {
  const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", block], {
    timeout: 120_000,
  });
  return stdout.trim().split("\n");
};

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

describe("documented commands", () => {
  it.each(["first", "second"])("lead from registration to deletion in README.md, the %s time", async () => {
    const ada = expect.objectContaining({ username: "ada", email: "ada@example.com" });
    const answers = (await run(blockIn("README.md"))).map((line): unknown => JSON.parse(line));
    expect(answers).toEqual([
      ada,
      ada,
      { detail: "OTP successfully sent by email" },
      { refresh: expect.stringMatching(/^eyJ/), access: expect.stringMatching(/^eyJ/) },
      ada,
    ]);
  });

  it("get the answers beside them in docs/api.md", async () => {
    const block = blockIn("docs/api.md");
    const promised = block.split("\n").filter((line) => line.startsWith("# "));
    expect(promised.length).toBeGreaterThan(8);
    const answers = await run(block);
    expect(answers).toHaveLength(promised.length);
    for (const [index, line] of promised.entries())
      expect(answers[index]).toMatch(new RegExp(`^${escaped(line.slice(2)).replaceAll("…", '[^"]+')}$`));
  });

  it("check access tokens with the middleware of docs/api.md", async () => {
    const { id, access, refresh } = await signedIn();
    const [, code = ""] = /```js\n([^]*?)```/.exec(readFileSync("docs/api.md", "utf8")) ?? [];
    // The file must be in the repository, so that Node finds jose.
    const file = resolve("build/documented-middleware.mjs");
    writeFileSync(file, code.replace("http://127.0.0.1:8000", stack.url));
    const { signedIn: middleware } = await import(pathToFileURL(file).href);
    const answerTo = async (authorization: string | undefined) => {
      const request: { headers: object; user?: string } = { headers: { authorization } };
      let status = 200;
      const response = { status: (code: number) => ({ json: () => void (status = code) }) };
      await middleware(request, response, () => {});
      return request.user ?? status;
    };
    expect(await answerTo(`Bearer ${access}`)).toBe(id);
    for (const refused of [undefined, "", `Bearer ${refresh}`, `Bearer ${access.slice(0, -8)}AAAAAAAA`])
      expect(await answerTo(refused)).toBe(401);
  });
});
