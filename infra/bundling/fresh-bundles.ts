/**
 * The bundles for a run on this machine: made only if something that goes into them has changed, since making them takes longer
 * than all the rest of a start. What is deployed is always made anew (`app.ts`).
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bundleFunctions, bundlesDirectory } from "./bundle-functions.ts";

const here = { root: join(import.meta.dirname, "../.."), outdir: bundlesDirectory, make: bundleFunctions };

/** npm writes its own list of what is installed; the rest are ours. */
const sources = [
  "{functions,shared,pages}/**",
  "infra/{bundling,openapi}/**",
  "node_modules/.package-lock.json",
];

/** Changes with the name, size and time of any source. */
const fingerprint = (root: string): string => {
  const hash = createHash("sha256");
  for (const file of globSync(sources, { cwd: root }).toSorted()) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\0`);
  }
  return hash.digest("base64url");
};

export const freshenBundles = async ({ root, outdir, make } = here): Promise<void> => {
  const stampFile = join(outdir, "made-of");
  const current = fingerprint(root);
  const isStamped = existsSync(stampFile) && readFileSync(stampFile, "utf8") === current;
  /** All there, and none written since the stamp, by `--watch` or for a deployment. */
  const areUntouched = () =>
    globSync("functions/**/*.ts", { cwd: root }).every((file) => {
      const bundle = join(outdir, basename(file, ".ts"), "index.mjs");
      return existsSync(bundle) && statSync(bundle).mtimeMs <= statSync(stampFile).mtimeMs;
    });
  if (isStamped && areUntouched()) return;
  // Whoever is interrupted leaves no stamp behind that would be believed.
  rmSync(stampFile, { force: true });
  await make({ outdir });
  writeFileSync(stampFile, current);
};
