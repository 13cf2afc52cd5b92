// Tests that docs/operations.md gives each function the memory that the templates set.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { grants } from "../../../infra/grants/grants.ts";
import { pascalCase } from "../../../infra/naming.ts";
import { synthesiseStage } from "../synthesised.ts";

const stage = synthesiseStage({ WEBHOOK_URL: "https://receiver.example/hook" });
const setMegabytes = Object.fromEntries(
  Object.keys(grants).map((name) => {
    const { MemorySize } = {
      MemorySize: 0,
      ...stage.one("AWS::Lambda::Function", pascalCase(name)).Properties,
    };
    return [name, MemorySize];
  }),
);

const [, section = ""] = readFileSync("docs/operations.md", "utf8").split("\n## Memory of functions\n");
const rowsOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const [classes = "", measured = ""] = (section.split("\n## ")[0] ?? "").split("| Function ");
const namesIn = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
const megabytesIn = (text: string) => Number(/^([\d,]+) MB$/.exec(text)?.[1]?.replace(",", ""));

describe("the table of memory sizes", () => {
  it("has a class for every function, with the size it gets", () => {
    const rows = rowsOf(classes).filter(([size = ""]) => megabytesIn(size) > 0);
    const named = new Set(rows.flatMap(([, functions = ""]) => namesIn(functions)));
    const others = Object.keys(setMegabytes).filter((name) => !named.has(name));
    const documented = rows.flatMap(([size = "", functions = ""]) =>
      (functions === "all others" ? others : namesIn(functions)).map((name) => [name, megabytesIn(size)]),
    );
    expect(rows.length).toBeGreaterThan(2);
    expect(Object.fromEntries(documented)).toEqual(setMegabytes);
    expect(documented).toHaveLength(Object.keys(setMegabytes).length);
  });

  it("marks the size of each measured function, of every class", () => {
    const [head = [], , ...rows] = rowsOf(`| Function ${measured}`);
    const marked = rows.map(([name = "", ...cells]) => {
      const column = cells.findIndex((cell) => cell.startsWith("**")) + 1;
      return [namesIn(name)[0] ?? "", megabytesIn(head[column] ?? "")] as const;
    });
    for (const [name, megabytes] of marked) expect([name, megabytes]).toEqual([name, setMegabytes[name]]);
    expect(new Set(marked.map(([, megabytes]) => megabytes))).toEqual(new Set(Object.values(setMegabytes)));
  });
});
