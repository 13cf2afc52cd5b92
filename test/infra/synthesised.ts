// Synthesises the templates of a stage with stub bundles, so that tests build no code.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grants } from "../../infra/grants/grants.ts";
import { kebabCase } from "../../infra/naming.ts";
import { readSettings } from "../../infra/settings/settings.ts";
import { synthesise } from "../../infra/synthesise.ts";

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

export const synthesiseStage = (texts: Record<string, string> = {}) => {
  const stacks = withStubBundles((bundles) =>
    synthesise(readSettings({ ...requiredSettings, ...texts }), bundles),
  );
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
