// Takes the recipes out of docs/front-ends.md, as files that can be compiled and run.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const repository = resolve(import.meta.dirname, "../../..");
const here = (file: string) => join(import.meta.dirname, file);
const textOf = (document: string) => readFileSync(join(repository, document), "utf8");

/** Packages of readers that are not installed here, and what has their place in tests. */
const packages: Record<string, string> = {
  "lit-auth-client": join(repository, "client/create-client.ts"),
  "next/server": here("next.ts"),
  "next/headers": here("next.ts"),
  express: here("express.ts"),
  "svelte/store": here("stores.ts"),
  vue: here("stores.ts"),
  "expo-secure-store": here("phone.ts"),
  "react-native-url-polyfill/auto": here("phone.ts"),
};

/** A block's first line is a comment with the name of its file. */
const blocksIn = (document: string): Map<string, string> =>
  new Map(
    [...textOf(document).matchAll(/```(?:ts|tsx|js)\n\/\/ ([\w./-]+)\n([^]*?)```/g)].map(
      ([, name = "", code = ""]) => [name, code],
    ),
  );

export const recipes = blocksIn("docs/front-ends.md");
export const djangoRecipe = (): string =>
  /```python\n([^]*?)```/.exec(textOf("docs/front-ends.md"))?.[1] ?? "";
const middleware = (): string => /```js\n([^]*?)```/.exec(textOf("docs/api.md"))?.[1] ?? "";

/** Writes all recipes into a new folder of `build/`, where Node finds the repository's packages. */
export const writeRecipes = (name: string, url = "http://127.0.0.1:8000"): string => {
  const folder = join(repository, "build", name);
  rmSync(folder, { recursive: true, force: true });
  for (const [file, code] of [...recipes, ["signed-in.mjs", middleware()] as const]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    const checked = file.endsWith(".mjs") && recipes.has(file) ? "// @ts-check\n" : "";
    writeFileSync(join(folder, file), checked + code.replaceAll("http://127.0.0.1:8000", url));
  }
  const compilerOptions = {
    target: "es2022",
    lib: ["es2024", "dom", "dom.iterable"],
    module: "esnext",
    moduleResolution: "bundler",
    jsx: "react-jsx",
    types: ["node", "react"],
    strict: true,
    allowJs: true,
    noEmit: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    paths: Object.fromEntries(Object.entries(packages).map(([from, to]) => [from, [to]])),
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["."] }));
  return folder;
};

/** Bundles recipes and stand-ins together, so that the recipes use the stand-ins that tests see. */
export const bundleRecipes = (
  folder: string,
  files: string[],
  { standIns = [], platform = "node" }: { standIns?: string[]; platform?: "node" | "browser" } = {},
) =>
  build({
    entryPoints: [...files.map((file) => join(folder, file)), ...standIns.map(here)].map((file) => ({
      in: file,
      out: relative(file.startsWith(folder) ? folder : import.meta.dirname, file).replace(/\.\w+$/, ""),
    })),
    outdir: join(folder, "out"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform,
    jsx: "automatic",
    alias: packages,
    logLevel: "silent",
    ...(platform === "node" && { external: ["react", "react-dom", "jose"] }),
    define: { "process.env.NODE_ENV": '"production"' },
  });

/** Loads what `bundleRecipes` has made of a recipe, and anew for another `version`. */
export const loadRecipe = <Module>(folder: string, file: string, version = ""): Promise<Module> => {
  const bundle = join(folder, "out", file.replace(/\.\w+$/, ".mjs"));
  return import(pathToFileURL(bundle).href + version);
};
