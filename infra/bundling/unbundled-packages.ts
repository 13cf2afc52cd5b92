// argon2 is native code. The word list would slow cold starts, but only new passwords need it.
import { globSync } from "node:fs";
import { cp, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";

const packagesDirectory = join(import.meta.dirname, "../../node_modules");

/** Import that stays in the bundle → packages that it loads at run time. */
export const unbundledPackages: Record<string, readonly string[]> = {
  argon2: ["argon2", "@phc/format", "node-gyp-build"],
  "@zxcvbn-ts/language-common": ["@zxcvbn-ts/language-common", "@zxcvbn-ts/dictionary-compression"],
};

/** Lambda's, and that of LocalStack and most other machines. The bytes are the same everywhere. */
const shippedPlatforms = new Set(["linux-arm64", "linux-x64"]);

/** Excludes `argon2/build`: its loader prefers this machine's binary to the one for Lambda. */
const isNeverShipped =
  /^argon2\/(build|argon2)\/|^@zxcvbn-ts\/.*(\/src\/|\.mjs$|\/zxcvbn-ts\.js$)|\.(gyp|cpp|[cm]?ts|map|md)$/;
const binary = /\/prebuilds\/([^/]+)\/.+$/;

const isShipped = (path: string): boolean => {
  const [file, platform = ""] = binary.exec(path) ?? [];
  if (file === undefined) return !isNeverShipped.test(path);
  return shippedPlatforms.has(platform) && file.includes(".glibc.");
};

const filesOf = (directory: string): string[] =>
  globSync("**", { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(directory, join(parentPath, name)).replaceAll("\\", "/"))
    .toSorted();

const manifestOf = (directory: string) => readFile(join(directory, "package.json"), "utf8").catch(() => "");

/** Keeps current copies, because a running process may have loaded them. */
export const copyUnbundledPackages = async (imports: readonly string[], directory: string): Promise<void> => {
  const wanted = imports.flatMap((name) => unbundledPackages[name] ?? []);
  if (wanted.length === 0) await rm(join(directory, "node_modules"), { recursive: true, force: true });
  for (const name of wanted) {
    const source = join(packagesDirectory, name);
    const destination = join(directory, "node_modules", name);
    const shipped = filesOf(source).filter((file) => isShipped(`${name}/${file}`));
    const isCurrent = (await manifestOf(destination)) === (await manifestOf(source));
    if (isCurrent && filesOf(destination).join() === shipped.join()) continue;
    await rm(destination, { recursive: true, force: true });
    for (const file of shipped) await cp(join(source, file), join(destination, file));
  }
};
