// Packs the client, installs it into an empty project, and uses it there as its README.md says.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../../infra/local/engines/free-port.ts";
import { exitCode, folder, npmStart, root, run } from "../../emulator/fixtures/npm-start.ts";
import { eventually } from "../../support/assert/eventually.ts";
import { codeTo } from "../../support/mail/letters.ts";
import { pointAt } from "../../support/stacks/target-urls.ts";

const tarball = join(root, "build/lit-auth-client.tgz");
const snippets = [...readFileSync(join(root, "client/README.md"), "utf8").matchAll(/```ts\n([^]*?)```/g)].map(
  ([, code = ""]) => code,
);
const checkedIn = () =>
  ["operations.ts", "routes.ts", "package.json"].map((name) =>
    readFileSync(join(root, "client", name), "utf8"),
  );

let project: string;
let said: string;
let before: string[];

const npm = (cwd: string, ...parameters: string[]) =>
  execFileSync("npm", parameters, { cwd, encoding: "utf8" });

beforeAll(() => {
  before = checkedIn();
  rmSync(tarball, { force: true });
  said = npm(root, "run", "--silent", "client");
  project = mkdtempSync(join(tmpdir(), "lit-auth-consumer-"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  npm(project, "install", tarball, "--offline", "--ignore-scripts", "--cache", join(project, "cache"));
  for (const [index, code] of snippets.entries()) writeFileSync(join(project, `readme-${index}.ts`), code);
  cpSync(join(import.meta.dirname, "consumer/every-kind.ts"), join(project, "every-kind.ts"));
  symlinkSync(join(root, "node_modules/@types"), join(project, "node_modules/@types"));
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe("npm run client", () => {
  it("says what it wrote, and changes nothing that is up to date", () => {
    expect(said).toMatch(
      /^client\/ is as the contract says\.\nWrote build\/lit-auth-client\.tgz \([\d,]+ bytes\)\.\nIts code is [34],\d{3} bytes after gzip\.\n$/,
    );
    expect(checkedIn()).toEqual(before);
  });

  it("packs code, its map, declarations, licence and a page about it", () => {
    const installed = join(project, "node_modules/lit-auth-client");
    const files = readdirSync(installed);
    const declarations = files.filter((name) => name.endsWith(".d.ts"));
    expect(files.filter((name) => !declarations.includes(name)).toSorted()).toEqual([
      "LICENSE",
      "README.md",
      "create-client.js",
      "create-client.js.map",
      "package.json",
    ]);
    expect(readFileSync(join(installed, "LICENSE"), "utf8")).toBe(
      readFileSync(join(root, "LICENSE"), "utf8"),
    );
    const imported = declarations.flatMap((name) =>
      [...readFileSync(join(installed, name), "utf8").matchAll(/(?:from|import\() ?"(.*?)"/g)].map(
        ([, from]) => from,
      ),
    );
    expect(imported).toContain("./operations.js");
    expect(imported.filter((from) => !/^\.\/[\w-]+\.js$/.test(from ?? ""))).toEqual([]);
  });

  it("packs equal bytes from equal sources", () => {
    const first = readFileSync(tarball);
    npm(root, "run", "--silent", "client");
    expect(readFileSync(tarball).equals(first)).toBe(true);
  });
});

/** Returns what the compiler says, with all its checks and those of the package's declarations. */
const compile = (name: string, options: object, files: string[]) => {
  const config = {
    compilerOptions: {
      target: "es2022",
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noPropertyAccessFromIndexSignature: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
      noEmit: true,
      ...options,
    },
    files,
  };
  writeFileSync(join(project, `${name}.json`), JSON.stringify(config));
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", `${name}.json`], {
    cwd: project,
    encoding: "utf8",
  });
  return stdout;
};
const dom = ["es2022", "dom", "dom.iterable"];
const browsers = { module: "esnext", moduleResolution: "bundler", lib: dom, types: [] };

describe("the installed package", () => {
  it.each<[string, object]>([
    ["a bundler", browsers],
    ["node16", { module: "node16", moduleResolution: "node16", lib: dom, types: ["node"] }],
    ["nodenext", { module: "nodenext", moduleResolution: "nodenext", lib: dom, types: ["node"] }],
    [
      "a server without the DOM",
      { module: "node16", moduleResolution: "node16", lib: ["es2022"], types: ["node"] },
    ],
  ])("has types for %s", (name, options) => {
    const isNode = name !== "a bundler";
    const program = isNode ? ["readme-0.ts"] : [];
    const files = ["every-kind.ts", "readme-1.ts", ...program];
    expect(snippets).toHaveLength(2);
    expect(compile(name.replaceAll(" ", "-"), options, files)).toBe("");
  });

  it("has types that find mistakes", () => {
    const code = readFileSync(join(project, "every-kind.ts"), "utf8");
    const mistakes = code.replaceAll(/^ *\/\/ @ts-expect-error.*$/gm, "");
    writeFileSync(join(project, "mistakes.ts"), mistakes);
    const found = compile("mistakes", browsers, ["mistakes.ts"]).match(/error TS/g) ?? [];
    expect(found).toHaveLength(code.split("@ts-expect-error").length - 1);
  });

  it("signs in with the program of its README", async () => {
    const program = snippets[0] ?? "";
    expect(program.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(15);
    const port = await freePort();
    const stack = npmStart(folder(), "--port", String(port));
    await stack.ready();
    const url = `http://127.0.0.1:${port}`;
    pointAt({ url });
    writeFileSync(join(project, "sign-in.mts"), program.replace("http://127.0.0.1:8000", url));
    const { child, said } = run(project, process.execPath, "sign-in.mts");
    for (const count of [1, 2]) {
      await eventually(`question ${count} for a code`, () => {
        if (child.exitCode !== null) throw new Error(said.out + said.error);
        return said.out.split("Code in the newest email: ").length > count || undefined;
      });
      child.stdin.write(`${await codeTo("cleo@example.com", count)}\n`);
    }
    expect(await exitCode(child)).toBe(0);
    expect(said.out).toContain("username: 'cleo'");
    stack.child.kill("SIGTERM");
    expect(await exitCode(stack.child)).toBe(0);
  });
});
