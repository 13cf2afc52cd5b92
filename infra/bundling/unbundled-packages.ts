/**
 * Packages that lie beside a bundle instead of in it: native code, which no bundler can take in, and a word list that would
 * be read at every cold start, while only the first new password needs it.
 */
import { cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

const packagesDirectory = join(import.meta.dirname, "../../node_modules");

/** By the import that a bundle keeps: what it loads at run time. */
export const unbundledPackages: Record<string, readonly string[]> = {
  argon2: ["argon2", "@phc/format", "node-gyp-build"],
  "@zxcvbn-ts/language-common": ["@zxcvbn-ts/language-common", "@zxcvbn-ts/dictionary-compression"],
};

/** Without `argon2/build`: the loader would prefer what npm compiled on this machine to the prebuilt file for Lambda's. */
const isShipped = (path: string) =>
  !/argon2\/(build|argon2|.*\.(gyp|cpp|cts))(\/|$)|@zxcvbn-ts\/.*(\/src|\.mjs|\.ts|\/zxcvbn-ts\.js)$|\.map$/.test(
    path,
  );

const manifestOf = (directory: string) => readFile(join(directory, "package.json"), "utf8").catch(() => "");

/** Puts beside a bundle what its remaining imports need, and only that. What is current stays: a process may have it loaded. */
export const copyUnbundledPackages = async (imports: readonly string[], directory: string): Promise<void> => {
  const wanted = imports.flatMap((name) => unbundledPackages[name] ?? []);
  if (wanted.length === 0) await rm(join(directory, "node_modules"), { recursive: true, force: true });
  for (const name of wanted) {
    const source = join(packagesDirectory, name);
    const destination = join(directory, "node_modules", name);
    if ((await manifestOf(destination)) === (await manifestOf(source))) continue;
    await rm(destination, { recursive: true, force: true });
    await cp(source, destination, { recursive: true, filter: isShipped });
  }
};
