// Equal sources give equal bytes, so asset hashes change only with the code.
import { globSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { context, type BuildOptions, type BuildResult, type Metafile } from "esbuild";
import { checkedLetters, checkLetters } from "./checked-letters.ts";
import { checkOperations } from "./complete-operations.ts";
import { writePageAssets } from "./page-assets.ts";
import { requiredBuiltins } from "./required-builtins.ts";
import { unreadConstants } from "./unread-constants.ts";
import { copyUnbundledPackages, unbundledPackages } from "./unbundled-packages.ts";
import { watchFolders } from "./watch-folders.ts";

const root = join(import.meta.dirname, "../..");
export const bundlesDirectory = join(root, "build/functions");

/** Apart from the bundle's folder, so that what is deployed holds no map. */
export const sourceMapFile = (name: string, outdir = bundlesDirectory): string =>
  join(outdir, "source-maps", `${name}.json`);

/** The watcher is not recursive, so a new folder is watched from the next start on. */
const sourceFolders = (): string[] =>
  globSync("{functions,letters,shared}{,/**}", { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name));

const entryFiles = (): string[] => globSync("functions/**/*.ts", { cwd: root }).toSorted();

// esbuild's list of files has slashes on every system.
const nameInMetafile = (path: string): string => relative(root, path).split(sep).join("/");

const writeBundles = async (
  { outputFiles = [], metafile }: BuildResult,
  outdir: string,
): Promise<string[]> => {
  const changed: string[] = [];
  await mkdir(dirname(sourceMapFile("", outdir)), { recursive: true });
  for (const { path, contents } of outputFiles) {
    const directory = dirname(path);
    if (path.endsWith(".map")) {
      await writeFile(sourceMapFile(basename(directory), outdir), contents);
      continue;
    }
    const imports = metafile?.outputs[nameInMetafile(path)]?.imports.map(({ path }) => path) ?? [];
    await copyUnbundledPackages(imports, directory);
    const before = await readFile(path).catch(() => undefined);
    if (before?.equals(contents)) continue;
    await mkdir(directory, { recursive: true });
    // The rename is atomic, so a starting execution environment reads a complete file.
    await writeFile(`${path}.new`, contents);
    await rename(`${path}.new`, path);
    changed.push(basename(directory));
  }
  return changed;
};

// ESM has no `require`, which CommonJS packages and `required-builtins` use.
const banner = 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);';

const options = (files: readonly string[], outdir: string) =>
  ({
    absWorkingDir: root,
    entryPoints: files.map((file) => ({ in: file, out: `${basename(file, ".ts")}/index` })),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node24",
    mainFields: ["module", "main"],
    alias: { "@aws-sdk/credential-provider-node": "./shared/platform/environment-credentials.ts" },
    banner: { js: banner },
    external: Object.keys(unbundledPackages),
    legalComments: "none",
    // Otherwise each letter of a non-Latin text would take six bytes.
    charset: "utf8",
    logLevel: "warning",
    metafile: true,
    // The bundle has no comment about it, and is the same as without it.
    sourcemap: "external",
    sourcesContent: false,
    write: false,
  }) as const satisfies BuildOptions;

/** With `onChange`, rebuilds on changes until `stop`, and reports when, and the changed folders. */
export const bundleFunctions = async ({
  outdir = bundlesDirectory,
  onRebuild,
  onChange,
}: { outdir?: string; onRebuild?: () => void; onChange?: (folders: string[]) => void } = {}): Promise<{
  metafile: Metafile;
  stop: () => Promise<void>;
}> => {
  checkLetters();
  checkOperations();
  const files = entryFiles();
  let report: typeof onChange;
  const bundler = await context({
    ...options(files, outdir),
    plugins: [
      checkedLetters,
      requiredBuiltins,
      unreadConstants,
      {
        name: "write-bundles",
        setup: (build) =>
          build.onEnd(async (result) => {
            const changed = result.errors.length > 0 ? undefined : await writeBundles(result, outdir);
            if (changed) report?.(changed);
          }),
      },
    ],
  });
  const [{ metafile: made }] = await Promise.all([
    bundler.rebuild(),
    files.includes(join("functions", "pages.ts")) && writePageAssets(join(outdir, "pages")),
  ]);
  const bundles = Object.entries(made.outputs).filter(([path]) => !path.endsWith(".map"));
  const metafile = { ...made, outputs: Object.fromEntries(bundles) };
  if (!onChange) {
    await bundler.dispose();
    return { metafile, stop: async () => {} };
  }
  report = onChange;
  // esbuild's own watch mode polls and keeps one core busy. Build errors are printed by esbuild.
  const rebuild = async () => {
    onRebuild?.();
    await bundler.rebuild().catch(() => {});
  };
  const watching = watchFolders(sourceFolders(), rebuild);
  const stop = async () => {
    await watching.stop();
    await bundler.dispose();
  };
  return { metafile, stop };
};
