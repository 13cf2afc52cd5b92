import { globSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { asPureCalls, unreadConstants } from "../../../infra/bundling/unread-constants.ts";

const root = join(import.meta.dirname, "../../..");

/** What is left of files that are imported and not read, without their imports of packages. */
const leftOf = async (files: readonly string[]): Promise<string> => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    stdin: { contents: files.map((file) => `import "./${file}";`).join("\n"), resolveDir: root },
    bundle: true,
    format: "esm",
    platform: "node",
    packages: "external",
    plugins: [unreadConstants],
    write: false,
  });
  // Each part stands under a comment with the name of its file.
  const parts = (outputFiles[0]?.text ?? "").split(/^(?=\/\/ )/m);
  return parts
    .map((part) => part.replace(/^import [^;]+;$/gm, "").trim())
    .filter((part) => part.includes("\n"))
    .join("\n");
};

describe("unread constants", () => {
  it("leave nothing of any file of shared/ in a bundle", async () => {
    expect(await leftOf(globSync("shared/**/*.ts", { cwd: root }))).toBe("");
  });

  it.each([
    ["a call", "const a = z.object({\n  b: z.string()\n});\n", "z.object({\n  b: z.string()\n})"],
    ["a spread", "export const a = [...b, 1];\n", "[...b, 1]"],
    ["a template", "const a = `${b}/c`;\n", "`${b}/c`"],
  ])("become pure calls if they are %s", (_, code, value) => {
    expect(asPureCalls(code)).toBe(code.replace(value, `/* @__PURE__ */ (() => (${value}))()`));
  });

  it.each([
    ["functions, whose names stay in stack traces", "const a = async (b) => {\n  return c(b);\n};\n"],
    ["text", 'const a = "b";\n'],
    ["numbers", "const a = 86_400;\n"],
    ["constants within functions", "const a = () => {\n  const b = c();\n  return b;\n};\n"],
  ])("stay as they are if they are %s", (_, code) => {
    expect(asPureCalls(code)).toBe(code);
  });
});
