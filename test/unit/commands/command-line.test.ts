import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { closestName } from "../../../infra/command-line/closest-name.ts";
import { helpText, parseCommandLine } from "../../../infra/command-line/command-line.ts";
import type { Usage } from "../../../infra/command-line/usage.ts";
import { usages, type ScriptName } from "../../../infra/command-line/usages.ts";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
const known = Object.entries<Usage>(usages);

describe("npm scripts", () => {
  it("read their options by the table that their help is made of", () => {
    for (const [name] of known) {
      const [, file = ""] = /node (\S+\.ts)$/.exec(scripts[name] ?? "") ?? [];
      expect(readFileSync(file, "utf8"), name).toContain(`readCommandLine("${name}")`);
    }
    const withoutRow = Object.entries(scripts).filter(
      ([name, line]) => /node \S+\.ts/.test(line) && !Object.hasOwn(usages, name),
    );
    expect(withoutRow).toEqual([]);
  });

  it.each(known)("tell usage, options, examples and exit status: %s", (name, { options = {}, examples }) => {
    const help = helpText(name as ScriptName);
    for (const heading of ["Usage: npm ", "Options:", "--help", "Examples:", "Exit status: 0 "])
      expect(help).toContain(heading);
    for (const [option, { help: said }] of Object.entries(options)) {
      expect(help).toContain(`  --${option}`);
      expect(help).toContain(said);
    }
    for (const example of examples) {
      const words = example
        .replace(/ < .*/, "")
        .split(" ")
        .filter((word) => word !== "");
      expect(() => parseCommandLine(name as ScriptName, words)).not.toThrow();
    }
  });

  it.each([
    [
      ["file", "--stgae", "prod"],
      /^Unknown option '--stgae'\. Did you mean --stage\? Known options: --stage <n/,
    ],
    [["file", "-x"], /^Unknown option '-x'\. Known options/],
    [["file", "--stage"], /argument missing\. Known options/],
    [["file", "--stage", ""], /^--stage needs a value/],
    [["file", "--stage="], /^--stage needs a value/],
    [[], /^Name one file\. Usage: npm run users:import -- <file> \[--stage <name>\]$/],
    [["file", "other"], /^Name one file\. Usage/],
  ])("name what is wrong with %j", (words, sentence) => {
    expect(() => parseCommandLine("users:import", words)).toThrow(sentence);
  });

  it("give what was typed", () => {
    expect(parseCommandLine("users:bulk", ["delete", "f", "--stage=prod"])).toEqual({
      values: { confirm: false, stage: "prod" },
      operands: ["delete", "f"],
    });
    expect(parseCommandLine("deploy", ["--", "--help", "X"]).operands).toEqual(["--help", "X"]);
    expect(() => parseCommandLine("keys:revoke", ["now"])).toThrow("Unknown argument 'now'.");
    expect(() => parseCommandLine("users:bulk", ["ban", "f"])).toThrow("Name an act and one file.");
  });
});

describe("closest name", () => {
  it.each([
    ["MAIL_FORM", "MAIL_FROM"],
    ["mail_from", "MAIL_FROM"],
    ["MAIL-FROM", "MAIL_FROM"],
    ["MAILFROM", "MAIL_FROM"],
    ["STAGEE", "STAGE"],
    ["PORT", undefined],
    ["MAIL_TO", undefined],
  ])("of %s is %s", (typed, name) => {
    expect(closestName(typed, ["MAIL_FROM", "STAGE", "MAIL_IDENTITY"])).toBe(name);
  });
});
