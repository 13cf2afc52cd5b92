// Global setup: bundles and synthesises once per run, before any project starts a stack.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freshenBundles } from "../../../infra/bundling/fresh-bundles.ts";
import { synthesiseForTests, templatesFile } from "./test-templates.ts";

// Every project loads this file anew, but in the same process: they share no module variables.
const shared: typeof globalThis & { litAuthBundles?: Promise<unknown> } = globalThis;

const prepare = async () => {
  await freshenBundles();
  writeFileSync(templatesFile, JSON.stringify(await synthesiseForTests({})));
  // Workers inherit the variable. Without it they don't read the file, which could be outdated.
  process.env["TEST_TEMPLATES"] = templatesFile;
  const synthesised = join(templatesFile, "../synthesised-by-tests");
  rmSync(synthesised, { recursive: true, force: true });
  mkdirSync(synthesised);
  process.env["TEST_SYNTHESISED"] = synthesised;
};

export const setup = async (): Promise<void> => {
  await (shared.litAuthBundles ??= prepare());
};
