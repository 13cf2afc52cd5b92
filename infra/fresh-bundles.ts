/**
 * The bundles for a run on this machine: made only if something that goes into them has changed, since making them takes longer
 * than all the rest of a start. What is deployed is always made anew (`app.ts`).
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleFunctions, bundlesDirectory } from "./bundle.ts";

const root = join(import.meta.dirname, "..");
const stampFile = join(bundlesDirectory, "made-of");

/** npm writes its own list of what is installed; the sources are ours. */
const sources = ["{functions,shared,pages}/**", "infra/*.ts", "node_modules/.package-lock.json"];

/** Changes with the name, size and time of any source. */
const fingerprint = (): string => {
  const hash = createHash("sha256");
  for (const file of globSync(sources, { cwd: root }).toSorted()) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\0`);
  }
  return hash.digest("base64url");
};

const areComplete = (): boolean =>
  globSync("functions/*.ts", { cwd: root }).every((file) =>
    existsSync(join(bundlesDirectory, file.slice("functions/".length, -".ts".length), "index.mjs")),
  );

export const freshenBundles = async (): Promise<void> => {
  const current = fingerprint();
  const made = existsSync(stampFile) ? readFileSync(stampFile, "utf8") : "";
  if (made === current && areComplete()) return;
  // Whoever is interrupted leaves no stamp behind that would be believed.
  rmSync(stampFile, { force: true });
  await bundleFunctions();
  writeFileSync(stampFile, current);
};
