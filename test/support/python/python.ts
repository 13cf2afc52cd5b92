// Runs Python scripts with the packages of a Django service, in a virtual environment.
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const scripts = import.meta.dirname;
const venv = join(import.meta.dirname, "../../../node_modules/.cache/lit-auth-python");

/** Returns an interpreter without packages, or `undefined` if Python is not installed. */
export const plainPython = async (): Promise<string | undefined> =>
  run("python3", ["--version"]).then(
    () => "python3",
    () => undefined,
  );

/** Returns the interpreter, or `undefined` after a warning if the packages can't be installed. */
export const pythonWithPackages = async (): Promise<string | undefined> => {
  const python = join(venv, "bin/python");
  const complete = join(venv, "complete");
  if (existsSync(complete)) return python;
  try {
    await run("python3", ["-m", "venv", "--clear", venv]);
    const install = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "-r"];
    await run(python, [...install, join(scripts, "requirements.txt")], { timeout: 120_000 });
    await writeFile(complete, "");
    return python;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n", 1)[0] : String(error);
    console.warn(
      `Python's packages can't be installed, so tests that compare with Python are skipped: ${reason}`,
    );
    return undefined;
  }
};

/** Runs a script of this folder. Process lists show parameters, so secrets go to standard input. */
export const runPython = async (python: string, script: string, parameters: string[], input: string) => {
  const child = spawn(python, [join(scripts, script), ...parameters], { stdio: ["pipe", "pipe", "pipe"] });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  child.stdin.end(input);
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0)
    throw new Error(`${script} ended with ${String(code)}: ${Buffer.concat(errors).toString()}`);
  return Buffer.concat(output).toString();
};
