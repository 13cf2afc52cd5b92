/** Bundles and synthesises once for the whole run, before any project of tests starts a stack. */
import { writeFileSync } from "node:fs";
import { freshenBundles } from "../../../infra/bundling/fresh-bundles.ts";
import { synthesiseForTests, templatesFile } from "./templates.ts";

// Every project loads this file anew, in one and the same process.
const shared: typeof globalThis & { litAuthBundles?: Promise<unknown> } = globalThis;

const prepare = async () => {
  await freshenBundles();
  writeFileSync(templatesFile, JSON.stringify(await synthesiseForTests({})));
  // Workers inherit it; without it the file could be an earlier run's.
  process.env["TEST_TEMPLATES"] = templatesFile;
};

export const setup = async (): Promise<void> => {
  await (shared.litAuthBundles ??= prepare());
};
