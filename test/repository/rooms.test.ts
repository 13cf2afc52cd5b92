/** The walls between the folders of production code, their sizes, and the page that draws them. */
import { globSync, readFileSync } from "node:fs";
import { basename, posix } from "node:path";
import { describe, expect, it } from "vitest";
import { rooms } from "./rooms.ts";

const folderNames = Object.keys(rooms);
/**
 * Whatever lies outside of these is production code, so that a new folder can't escape its walls.
 */
const otherFolders = new Set(["node_modules", "test", "build", "cdk.out", ".local", "coverage"]);
const files = globSync("*/**/*.{ts,tsx}", {
  exclude: (path) => otherFolders.has(path.split(/[\\/]/)[0] ?? ""),
}).toSorted();
const linesOf = (file: string) => readFileSync(file, "utf8").trimEnd().split("\n");

const importPattern =
  /^(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\("([^"]+)"\)/gm;

/** The folders that a text imports, as paths from the repository's root. */
const importedFolders = (file: string, text: string): { specifier: string; folder: string }[] =>
  [...text.matchAll(importPattern)]
    .map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? "")
    .filter((specifier) => specifier.startsWith("."))
    .map((specifier) => ({
      specifier,
      folder: posix.dirname(posix.join(posix.dirname(file), specifier)),
    }))
    .filter(({ folder }) => folder !== posix.dirname(file));

/** One sentence for each import that the table does not allow. */
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

describe("the walls", () => {
  it("every folder has its row in the table", () => {
    expect([...new Set(files.map((file) => posix.dirname(file)))].toSorted()).toEqual(folderNames.toSorted());
  });

  it("no file imports a folder that the table does not allow", () => {
    expect(files.flatMap((file) => faultsOf(file, readFileSync(file, "utf8")))).toEqual([]);
  });

  it("a forbidden import is named with its file and what is allowed, in every form", () => {
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

  it("the table allows nothing that no file uses", () => {
    const used = new Map<string, Set<string>>(folderNames.map((name) => [name, new Set()]));
    for (const file of files)
      for (const { folder } of importedFolders(file, readFileSync(file, "utf8")))
        used.get(posix.dirname(file))?.add(folder);
    const unused = Object.entries(rooms).flatMap(([room, { imports }]) =>
      imports.filter((folder) => !used.get(room)?.has(folder)).map((folder) => `${room}: ${folder}`),
    );
    expect(unused).toEqual([]);
  });

  it("folders of shared/ and infra/local/ import only rows above their own", () => {
    const upward = Object.entries(rooms).flatMap(([room, { imports }], row) =>
      imports
        .filter((folder) => /^(shared|infra\/local)\//.test(folder))
        .filter((folder) => folderNames.indexOf(folder) >= row)
        .map((folder) => `${room}: ${folder}`),
    );
    expect(upward).toEqual([]);
  });

  it("docs/architecture.md draws the same table", () => {
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

describe("sizes", () => {
  it("a folder holds at most 12 files, except the flat list of functions", () => {
    const counts = Map.groupBy(files, (file) => posix.dirname(file));
    const large = [...counts].filter(
      ([folder, { length }]) => length > 12 && folder !== "functions" && !folder.startsWith("pages"),
    );
    expect(large.map(([folder]) => folder)).toEqual([]);
  });

  it("a source file has at most 200 lines, and a function's file at most 80", () => {
    const long = files.filter((file) => linesOf(file).length > (file.startsWith("functions/") ? 80 : 200));
    expect(long).toEqual([]);
  });

  it("a use case has at most 40 lines", () => {
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

  it("no two files of production code have the same name", () => {
    const names = Map.groupBy(files, (file) => basename(file).replace(/\.tsx?$/, ""));
    expect([...names.values()].filter(({ length }) => length > 1)).toEqual([]);
  });
});
