// Users of a Django service as rows of a file, and the commands that import and export files.
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, type Ended } from "../calls/commands.ts";
import { bcryptHashes, djangoHashes } from "./django-hashes.ts";
import { newPerson } from "./people.ts";

export type Row = Record<string, unknown>;

/** Returns a user with the foreign hash of this description, their password and their row. */
export const personToImport = (what: string, changes: Row = {}) => {
  const hash = [...djangoHashes, ...bcryptHashes].find((hash) => hash.what === what);
  if (!hash) throw new Error(`no such hash: ${what}`);
  const person = newPerson({ password: hash.typed });
  const { username, email } = person;
  return { ...person, row: { username, email, password_hash: hash.passwordHash, ...changes } };
};

const secretsIn = (row: Row | string): string[] =>
  typeof row === "string"
    ? []
    : [row["email"], row["username"], row["password_hash"]].filter((value) => typeof value === "string");

/** Imports the rows. Fails if the command prints a name, an address or a hash of them. */
export const importRows = async (folder: string, rows: (Row | string)[]): Promise<Ended> => {
  const file = join(folder, `${randomUUID()}.jsonl`);
  writeFileSync(file, rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row))).join("\n"));
  const ended = await runCommand("import-users", [file], { folder });
  const printed = ended.stdout + ended.stderr;
  if (rows.flatMap(secretsIn).some((secret) => printed.includes(secret)))
    throw new Error("users:import printed a name, an address or a hash");
  return ended;
};

/** Exports all users. The keys of the map are their addresses. */
export const exportedRows = async (folder: string): Promise<Map<unknown, Row>> => {
  const file = join(folder, `${randomUUID()}.jsonl`);
  const { code, stderr } = await runCommand("export-users", [file], { folder });
  if (code !== 0) throw new Error(`users:export failed: ${stderr}`);
  const rows = readFileSync(file, "utf8").trimEnd().split("\n");
  return new Map(rows.map((line) => JSON.parse(line) as Row).map((row) => [row["email"], row]));
};
