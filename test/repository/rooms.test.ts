// Tests imports between the folders of production code, their sizes, and the page about them.
import { globSync, readFileSync } from "node:fs";
import { basename, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { rooms } from "./rooms.ts";

const folderNames = Object.keys(rooms);
/** All other folders are production code, so a new one can't escape these tests. */
const otherFolders = new Set(["node_modules", "test", "build", "cdk.out", ".local", "coverage"]);
const files = globSync("*/**/*.{ts,tsx}", {
  exclude: (path) => otherFolders.has(path.split(/[\\/]/)[0] ?? ""),
}).toSorted();
const linesOf = (file: string) => readFileSync(file, "utf8").trimEnd().split("\n");

const importPattern =
  /^(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\("([^"]+)"\)/gm;

/** Returns the folders that a text imports, as paths from the repository's root. */
const importedFolders = (file: string, text: string): { specifier: string; folder: string }[] =>
  [...text.matchAll(importPattern)]
    .map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? "")
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => ({
      specifier,
      folder: posix.dirname(posix.join(posix.dirname(file), specifier)),
    }))
    .filter(({ folder }) => folder !== posix.dirname(file));

/** Returns one sentence for each import that the table doesn't allow. */
const faultsOf = (file: string, text: string): string[] => {
  const room = posix.dirname(file);
  const allowed = rooms[room]?.imports ?? [];
  return importedFolders(file, text)
    .filter(({ folder }) => !allowed.includes(folder))
    .map(
      ({ specifier }) =>
        `${file} imports ${specifier}; ${room}/ may import ${allowed.join(", ") || "no other folder"}`,
    );
};

describe("table of rooms", () => {
  it("has a row for every folder", () => {
    expect([...new Set(files.map((file) => posix.dirname(file)))].toSorted()).toEqual(folderNames.toSorted());
  });

  it("allows every import that a file makes", () => {
    expect(files.flatMap((file) => faultsOf(file, readFileSync(file, "utf8")))).toEqual([]);
  });

  it("catches a forbidden import in every form, and names its file", () => {
    const forms = [
      'import { dynamo } from "../store/dynamo.ts";',
      'import type { Item } from "../store/dynamo.ts";',
      'import {\n  dynamo,\n  type Item,\n} from "../store/dynamo.ts";',
      'export { dynamo } from "../store/dynamo.ts";',
      'export * from "../store/dynamo.ts";',
      'import "../store/dynamo.ts";',
      'const late = await import("../store/dynamo.ts");',
    ];
    for (const text of forms)
      expect(faultsOf("shared/identity/any.ts", text), text).toEqual([
        "shared/identity/any.ts imports ../store/dynamo.ts; shared/identity/ may import shared/platform",
      ]);
  });

  it("allows no import that no file makes", () => {
    const used = new Map<string, Set<string>>(folderNames.map((name) => [name, new Set()]));
    for (const file of files)
      for (const { folder } of importedFolders(file, readFileSync(file, "utf8")))
        used.get(posix.dirname(file))?.add(folder);
    const unused = Object.entries(rooms).flatMap(([room, { imports }]) =>
      imports.filter((folder) => !used.get(room)?.has(folder)).map((folder) => `${room}: ${folder}`),
    );
    expect(unused).toEqual([]);
  });

  it("lets no file write accounts without saying who does", () => {
    const writers = files.filter((file) => {
      const text = readFileSync(file, "utf8");
      return (
        /\b(?:userPk|newUserItem)\(/.test(text) && /\b(?:Put|Update):|\b(?:updatePart|write|put)\(/.test(text)
      );
    });
    // Codes and what a backfill adds change nothing that others hear of. The third says it for all.
    const mayBeSilent = [
      "shared/codes/code-store.ts",
      "shared/events/backfill-store.ts",
      "shared/events/user-change.ts",
      "shared/passwords/password-reset-store.ts",
    ];
    const silent = writers.filter((file) => !/events\/user-change\.ts"/.test(readFileSync(file, "utf8")));
    expect(writers.length).toBeGreaterThan(10);
    expect(silent).toEqual(mayBeSilent);
  });

  it("lets folders of shared/ and infra/local/ import only rows above", () => {
    const upward = Object.entries(rooms).flatMap(([room, { imports }], row) =>
      imports
        .filter((folder) => /^(shared|infra\/local)\//.test(folder))
        .filter((folder) => folderNames.indexOf(folder) >= row)
        .map((folder) => `${room}: ${folder}`),
    );
    expect(upward).toEqual([]);
  });

  it("is the same in docs/architecture.md", () => {
    const drawn = linesOf("docs/architecture.md")
      .filter((line) => /^\| `[a-z/-]+\/`/.test(line))
      .map((line) => line.split("|").map((cell) => cell.trim()))
      .map(([, room = "", holds = "", imports = ""]) => [
        room.slice(1, -2),
        holds,
        [...imports.matchAll(/`([^`]+)\/`/g)].map(([, folder]) => folder),
      ]);
    expect(drawn).toEqual(
      Object.entries(rooms).map(([room, { holds, imports }]) => [room, holds, [...imports]]),
    );
  });
});

describe("production code", () => {
  it("has at most 12 files in a folder, except functions/ and pages/", () => {
    const counts = Map.groupBy(files, (file) => posix.dirname(file));
    const large = [...counts].filter(
      ([folder, { length }]) => length > 12 && !/^(functions|pages)\b/.test(folder),
    );
    expect(large.map(([folder]) => folder)).toEqual([]);
  });

  it("has at most 200 lines in a file, in functions/ 80", () => {
    const long = files
      .filter((file) => linesOf(file).length > (file.startsWith("functions/") ? 80 : 200))
      .filter((file) => !linesOf(file)[0]?.startsWith("// Made from the contract"));
    expect(long).toEqual([]);
  });

  it("has at most 40 lines in a use case", () => {
    const useCases = files
      .filter((file) => file.startsWith("functions/"))
      .flatMap((file) =>
        [...readFileSync(file, "utf8").matchAll(/^export const (\w+) = async [^]*?^\};$/gm)].map(
          ([text, name]) => ({ name, lines: text.split("\n").length }),
        ),
      );
    expect(useCases.length).toBeGreaterThan(25);
    expect(useCases.filter(({ lines }) => lines > 40)).toEqual([]);
  });

  it("has at most 300 lines in the page that people copy", () => {
    const copied = globSync("examples/web/*").toSorted();
    expect(copied.map((file) => posix.extname(file))).toEqual([".html", ".css", ".ts"]);
    const lines = copied.flatMap((file) => readFileSync(file, "utf8").trimEnd().split("\n"));
    expect(lines.length).toBeLessThanOrEqual(300);
    expect(lines.filter((line) => line.length > 112)).toEqual([]);
  });

  it("has no two files with the same name", () => {
    const names = Map.groupBy(files, (file) => basename(file).replace(/\.tsx?$/, ""));
    expect([...names.values()].filter(({ length }) => length > 1)).toEqual([]);
  });
});
