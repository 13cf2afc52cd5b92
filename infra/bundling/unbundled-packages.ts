// argon2 is native code. The word list would slow cold starts, but only new passwords need it.
import { cp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

const packagesDirectory = join(import.meta.dirname, "../../node_modules");

/** Import that stays in the bundle → packages that it loads at run time. */
export const unbundledPackages: Record<string, readonly string[]> = {
  argon2: ["argon2", "@phc/format", "node-gyp-build"],
  "@zxcvbn-ts/language-common": ["@zxcvbn-ts/language-common", "@zxcvbn-ts/dictionary-compression"],
};

/** Excludes `argon2/build`: its loader prefers this machine's binary to the one for Lambda. */
const isShipped = (path: string) =>
  !/argon2\/(build|argon2|.*\.(gyp|cpp|cts))(\/|$)|@zxcvbn-ts\/.*(\/src|\.mjs|\.ts|\/zxcvbn-ts\.js)$|\.map$/.test(
    path,
  );

const manifestOf = (directory: string) => readFile(join(directory, "package.json"), "utf8").catch(() => "");

/** Keeps current copies, because a running process may have loaded them. */
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
