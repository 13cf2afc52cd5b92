import type { Plugin } from "esbuild";
import { readLetters } from "../../shared/letters/letter-files.ts";
import { UserError } from "../user-error.ts";

const problems = (): readonly string[] => {
  const read = readLetters();
  return "problems" in read ? read.problems : [];
};

/** Stops a deployment, a local start or a test run if a text of `letters/` breaks a rule. */
export const checkLetters = (): void => {
  const found = problems();
  if (found.length > 0) throw new UserError(found.join("\n"));
};

/** While `--watch` runs, esbuild prints the problems and keeps the older bundle. */
export const checkedLetters: Plugin = {
  name: "checked-letters",
  setup: (build) => build.onStart(() => ({ errors: problems().map((text) => ({ text })) })),
};
