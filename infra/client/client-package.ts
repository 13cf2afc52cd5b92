// Makes the package for front ends: one file of code, its declarations, and what npm needs.
import { execFileSync } from "node:child_process";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { root, run } from "../run-script.ts";
import { contractFiles } from "./client-operations.ts";

const clientFolder = join(root, "client");
export const packageFolder = join(root, "build/client");
export const tarball = join(root, "build/lit-auth-client.tgz");

const entry = "create-client";

/** The package has the service's version, because it is made from its contract. */
const manifest = async (): Promise<string> => {
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const written = JSON.parse(await readFile(join(clientFolder, "package.json"), "utf8"));
  return `${JSON.stringify({ ...written, version }, null, 2)}\n`;
};

/** The files of `client/` that `npm run client` writes. */
export const generatedFiles = async (): Promise<Record<string, string>> => ({
  ...(await contractFiles()),
  "package.json": await manifest(),
});

/** Returns the names of those that were not up to date. */
export const writeGeneratedFiles = async (): Promise<string[]> => {
  const written: string[] = [];
  for (const [name, text] of Object.entries(await generatedFiles())) {
    const file = join(clientFolder, name);
    if ((await readFile(file, "utf8").catch(() => "")) === text) continue;
    await writeFile(file, text);
    written.push(name);
  }
  return written;
};

/** All code in one file, and its source map. */
export const bundledClient = async () => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [`client/${entry}.ts`],
    outdir: packageFolder,
    bundle: true,
    minify: true,
    format: "esm",
    // Browsers since Safari 14 read this. A later target would save no byte.
    target: "es2020",
    sourcemap: true,
    charset: "utf8",
    logLevel: "warning",
    write: false,
  });
  return outputFiles.map(({ path, text }) => ({ name: basename(path), text }));
};

const importedDeclaration = /(?<=from ")\.\/([\w-]+)\.ts(?=")/g;

/** Keeps the declarations that the entry's need, as modules that each resolver finds. */
const writeDeclarations = async (): Promise<void> => {
  const all = join(packageFolder, "declarations");
  const emit = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", all];
  await run("tsc", ["-p", "client", ...emit]);
  const kept = new Set([entry]);
  for (const name of kept) {
    const text = await readFile(join(all, `${name}.d.ts`), "utf8");
    for (const [, imported = ""] of text.matchAll(importedDeclaration)) kept.add(imported);
    await writeFile(join(packageFolder, `${name}.d.ts`), text.replaceAll(importedDeclaration, "./$1.js"));
  }
  await rm(all, { recursive: true });
};

/** Writes the package's folder and its tarball. Equal sources give equal bytes. */
export const packClient = async (): Promise<void> => {
  for (const old of [tarball, packageFolder]) await rm(old, { recursive: true, force: true });
  await mkdir(packageFolder, { recursive: true });
  for (const { name, text } of await bundledClient()) await writeFile(join(packageFolder, name), text);
  await writeDeclarations();
  for (const file of ["client/package.json", "client/README.md", "LICENSE"])
    await cp(join(root, file), join(packageFolder, basename(file)));
  // On Windows, npm is a script of the shell.
  const packed = execFileSync("npm", ["pack", "--silent", "--ignore-scripts"], {
    cwd: packageFolder,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  await rename(join(packageFolder, packed.trim()), tarball);
};
