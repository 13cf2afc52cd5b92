// Tests that documents name only links, commands, paths, settings and alarms that exist.
import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { settingsTable } from "../../infra/settings/settings-table.ts";
import { errors } from "../../shared/contract/errors.ts";
import { itemKinds } from "../../shared/store/item-kinds.ts";
import { variables } from "../../shared/platform/environment.ts";
import { documents } from "./document-files.ts";

const read = (file: string) => readFileSync(file, "utf8");
const withoutCode = (text: string) => text.replaceAll(/```[^]*?```/g, "").replaceAll(/`[^`\n]*`/g, "");

/** The anchor that Markdown renderers give to a heading. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, "")
    .trim()
    .replaceAll(/\s+/g, "-");
const anchorsIn = (file: string) =>
  [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading));

const brokenLinks = (file: string, text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [to = "", anchor] = target.split("#");
      const linked = to === "" ? file : path.join(path.dirname(file), to);
      return !existsSync(linked) || (anchor !== undefined && !anchorsIn(linked).includes(anchor));
    });

/** The words in inline code and, if asked, in code blocks. */
const codeWords = (text: string, { blocks }: { blocks: boolean }): string[] =>
  [...text.matchAll(/```[^]*?```|`([^`\n]+)`/g)]
    .flatMap(([whole, inline]) => inline ?? (blocks ? whole : ""))
    .flatMap((code) => code.split(/[\s"'=]+/));

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read("package.json")));
const files = globSync("{shared,functions,infra,commands,client,examples,pages,test}/**/*.{ts,tsx}");
const fileNames = new Set(files.map((file) => path.basename(file)));
const settingNames = new Set([
  ...Object.keys(settingsTable),
  ...Object.keys(variables),
  "LOCALSTACK_ENDPOINT",
  "LOCALSTACK_WITHOUT_DOCKER",
]);

/** One line for each fault, with its file. */
const inEach = (files: string[], faultsIn: (file: string) => string[]): string[] =>
  files.flatMap((file) => faultsIn(file).map((fault) => `${file}: ${fault}`));

describe("documents", () => {
  it("have links that lead to a file and a heading", () => {
    expect(inEach(documents, (file) => brokenLinks(file, read(file)))).toEqual([]);
  });

  it("name npm scripts that exist", () => {
    const unknownIn = (file: string) =>
      [...read(file).matchAll(/npm run ([\w:-]+)/g)]
        .map(([, name = ""]) => name)
        .filter((name) => scripts[name] === undefined);
    expect(inEach(documents, unknownIn)).toEqual([]);
  });

  it("name files and folders that exist", () => {
    const missingIn = (file: string) =>
      codeWords(read(file), { blocks: true })
        .filter((word) =>
          /^(?:shared|functions|infra|commands|client|examples|pages|test|docs)\/[\w./-]*$/.test(word),
        )
        .filter((named) => !existsSync(named));
    const unknownNamesIn = (file: string) =>
      codeWords(read(file), { blocks: false })
        .filter((word) => /^\w[\w-]*\.tsx?$/.test(word))
        .filter((name) => !fileNames.has(name) && !existsSync(name));
    // test/asvs.md names tests without their extension, which asvs.test.ts checks.
    const others = documents.filter((file) => file !== "test/asvs.md");
    expect(inEach(others, missingIn)).toEqual([]);
    expect(inEach(others, unknownNamesIn)).toEqual([]);
  });

  it("name settings and variables that exist", () => {
    const unknownIn = (file: string) =>
      codeWords(read(file), { blocks: false })
        .filter((word) => /^[A-Z]{2,}(?:_[A-Z]+)+$/.test(word))
        // The AWS CLI defines its own variables.
        .filter((name) => !name.startsWith("AWS_") && !settingNames.has(name));
    expect(inEach(documents, unknownIn)).toEqual([]);
  });

  it("are checked for links to a missing file or heading", () => {
    expect(brokenLinks("README.md", "[a](docs/api.md#the-flow) [b](gone.md) [c](docs/api.md#gone)")).toEqual([
      "gone.md",
      "docs/api.md#gone",
    ]);
  });
});

it("README.md has at most 90 lines", () => {
  expect(read("README.md").trim().split("\n").length).toBeLessThanOrEqual(90);
});

it("docs/api.md lists every error code under its status", () => {
  const rows = [...read("docs/api.md").matchAll(/^\| (\d{3})\s+\|(.+)\|$/gm)];
  const listed = rows.flatMap(([, status, codes = ""]) =>
    [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => `${status} ${code}`),
  );
  const defined = Object.entries(errors).map(([code, { status }]) => `${status} ${code}`);
  expect(listed.toSorted()).toEqual(defined.toSorted());
});

it("docs/operations.md says how long each kind of item is kept", () => {
  const [, section = ""] = read("docs/operations.md").split("\n## How long data is kept\n");
  const table = section.split("\n## ")[0] ?? "";
  // The keys of counters follow the kind `limit#`.
  const counters = globSync("shared/limits/*.ts")
    .flatMap((file) => [...read(file).matchAll(/`([a-z][a-z-]*)#\$\{/g)])
    .map(([, kind = ""]) => kind);
  expect(counters.length).toBeGreaterThan(10);
  const kinds = [...itemKinds.USERS_TABLE, ...counters];
  expect(kinds.filter((kind) => !table.includes(`\`${kind}#\``))).toEqual([]);
});
