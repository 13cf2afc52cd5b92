// Bundling takes longer than the rest of a local start, so it is skipped if no source has changed.
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bundleFunctions, bundlesDirectory } from "./bundle-functions.ts";

export const inThisRepository = {
  root: join(import.meta.dirname, "../.."),
  outdir: bundlesDirectory,
  make: bundleFunctions,
};

// `.package-lock.json` is npm's list of the installed packages.
const sources = [
  "{functions,letters,shared,pages}/**",
  "infra/{bundling,openapi}/**",
  "node_modules/.package-lock.json",
];

const fingerprint = (root: string): string => {
  const hash = createHash("sha256");
  for (const file of globSync(sources, { cwd: root }).toSorted()) {
    const { mtimeMs, size } = statSync(join(root, file));
    hash.update(`${file}\0${mtimeMs}\0${size}\0`);
  }
  return hash.digest("base64url");
};

type Report = { onMake?: () => void };

export const freshenBundles = async ({
  root,
  outdir,
  make,
  onMake,
}: typeof inThisRepository & Report = inThisRepository): Promise<void> => {
  const stampFile = join(outdir, "made-of");
  const current = fingerprint(root);
  const isStamped = existsSync(stampFile) && readFileSync(stampFile, "utf8") === current;
  /** False if a bundle is missing, or if `--watch` or a deployment has written one since. */
  const areUntouched = () =>
    globSync("functions/**/*.ts", { cwd: root }).every((file) => {
      const bundle = join(outdir, basename(file, ".ts"), "index.mjs");
      return existsSync(bundle) && statSync(bundle).mtimeMs <= statSync(stampFile).mtimeMs;
    });
  if (isStamped && areUntouched()) return;
  // An interrupted build must not leave a valid stamp.
  rmSync(stampFile, { force: true });
  onMake?.();
  await make({ outdir });
  writeFileSync(stampFile, current);
};
