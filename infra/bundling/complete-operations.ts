// Types also say when a part of an operation is missing, but `npm start` and synths check no types.
import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { contract } from "../../shared/contract/contract.ts";
import type { Operation } from "../../shared/contract/operation.ts";
import { backgroundGrants } from "../grants/background-grants.ts";
import { grants } from "../grants/grants.ts";
import { kebabCase } from "../naming.ts";
import { UserError } from "../user-error.ts";

const root = join(import.meta.dirname, "../..");

type Parts = {
  entries: Readonly<Record<string, Pick<Operation, "name" | "caller">>>;
  granted: readonly string[];
  files: readonly string[];
  /** These functions have no entry. */
  background: readonly string[];
};

const camelCase = (file: string): string =>
  basename(file, ".ts").replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

const problemOf = (name: string, { entries, granted, files, background }: Parts): string[] => {
  const entry = entries[name];
  if (!entry && !background.includes(name))
    return [`The operation ${name} has no entry in shared/contract/.`];
  if (entry && entry.name !== name)
    return [`The entry ${name} in shared/contract/ has the name ${entry.name}.`];
  if (!granted.includes(name))
    return [`The operation ${name} has no row in infra/grants/. Add one; it may be empty.`];
  const folder = entry?.caller === "staff" ? "functions/admin/" : "functions/";
  const file = `${folder}${kebabCase(name)}.ts`;
  if (files.includes(file)) return [];
  const elsewhere = files.find((one) => camelCase(one) === name);
  if (elsewhere === undefined) return [`The operation ${name} has no file ${file}.`];
  const who = entry?.caller === "staff" ? "only staff" : "not only staff";
  return [`${elsewhere} belongs in ${folder}, because ${who} may call ${name}.`];
};

export const missingParts = (parts: Parts): string[] => {
  const { entries, granted, files } = parts;
  const names = new Set([...Object.keys(entries), ...granted, ...files.map(camelCase)]);
  return [...names].flatMap((name) => problemOf(name, parts));
};

export const checkOperations = (): void => {
  const problems = missingParts({
    entries: contract,
    granted: Object.keys(grants),
    files: globSync("functions/**/*.ts", { cwd: root }).map((file) => file.replaceAll("\\", "/")),
    background: Object.keys(backgroundGrants),
  });
  if (problems.length > 0) throw new UserError(problems.join("\n"));
};
