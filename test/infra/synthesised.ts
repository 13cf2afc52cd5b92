// Synthesises the templates of a stage with stub bundles, so that tests build no code.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grants } from "../../infra/grants/grants.ts";
import { kebabCase } from "../../infra/naming.ts";
import { readSettings } from "../../infra/settings/settings.ts";
import { synthesise, type SynthesisedStack } from "../../infra/synthesise.ts";

export const withStubBundles = <T>(use: (directory: string) => T): T => {
  const directory = mkdtempSync(join(tmpdir(), "lit-auth-stubs-"));
  try {
    for (const name of Object.keys(grants)) {
      const folder = join(directory, kebabCase(name));
      mkdirSync(folder);
      writeFileSync(join(folder, "index.mjs"), `// ${name}`);
    }
    return use(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
};

export const requiredSettings = { MAIL_FROM: "no-reply@example.com" };

const synthesiseAnew = (texts: Record<string, string>): SynthesisedStack[] =>
  withStubBundles((bundles) => synthesise(readSettings({ ...requiredSettings, ...texts }), bundles));

/** Workers of one run share what they have synthesised. */
const synthesiseOnce = (texts: Record<string, string>): SynthesisedStack[] => {
  const folder = process.env["TEST_SYNTHESISED"];
  if (folder === undefined) return synthesiseAnew(texts);
  const key = JSON.stringify(Object.entries(texts).toSorted(([one], [other]) => one.localeCompare(other)));
  const file = join(folder, `${createHash("sha256").update(key).digest("hex")}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8"));
  const stacks = synthesiseAnew(texts);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(stacks));
  renameSync(draft, file);
  return stacks;
};

/** `anew` is for tests that compare two syntheses of the same settings. */
export const synthesiseStage = (texts: Record<string, string> = {}, { anew = false } = {}) => {
  const stacks = anew ? synthesiseAnew(texts) : synthesiseOnce(texts);
  const resources = stacks.flatMap(({ template }) => Object.entries(template.Resources));
  return {
    stacks,
    /** Maps logical ids of all stacks to properties, for one resource type. */
    all: (type: string) =>
      Object.fromEntries(
        resources.flatMap(([id, { Type, Properties }]) => (Type === type ? [[id, Properties ?? {}]] : [])),
      ),
    /** Finds a resource by its type and its logical id without CDK's hash. */
    one: (type: string, name: string) => {
      const found = resources.find(
        ([id, { Type }]) => Type === type && id.replace(/[0-9A-F]{8}$/, "") === name,
      );
      if (!found) throw new Error(`no ${type} named ${name}`);
      return found[1];
    },
  };
};
