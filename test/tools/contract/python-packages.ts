// Installs a package from PyPI into a virtual environment of its own, in the user's cache.
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const caches = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");

/** Returns its folder of programs, or `undefined` after a line that says why it is missing. */
export const installedPackage = (name: string, version: string): string | undefined => {
  const venv = join(caches, "lit-auth", `${name}-${version}`);
  const programs = join(venv, "bin");
  if (existsSync(join(programs, name))) return programs;
  try {
    execFileSync("python3", ["-m", "venv", "--clear", venv], { stdio: "inherit" });
    const install = ["install", "--quiet", "--disable-pip-version-check", `${name}==${version}`];
    execFileSync(join(programs, "pip"), install, { stdio: "inherit", timeout: 180_000 });
    return programs;
  } catch {
    rmSync(venv, { recursive: true, force: true });
    process.stdout.write(`skipped: ${name} could not be installed from PyPI\n`);
    return undefined;
  }
};
