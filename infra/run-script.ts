import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { UserError } from "./user-error.ts";

export const root = join(import.meta.dirname, "..");

/** What npm puts into `node_modules/.bin` is no program on Windows, so Node runs these files. */
const scripts: Record<string, string> = {
  cdk: "aws-cdk/bin/cdk",
  cdklocal: "aws-cdk-local/bin/cdklocal",
  tsc: "typescript/bin/tsc",
  vitest: "vitest/vitest.mjs",
};

type Options = { directory?: string; environment?: NodeJS.ProcessEnv };

/** Forwards signals and waits for the program's exit, so that callers can clean up. */
export const run = async (
  command: string,
  parameters: readonly string[],
  { directory = root, environment }: Options = {},
): Promise<void> => {
  const script = scripts[command];
  const program: [string, string[]] =
    script === undefined
      ? [command, [...parameters]]
      : [process.execPath, [join(root, "node_modules", script), ...parameters]];
  const child = spawn(...program, {
    stdio: "inherit",
    cwd: directory,
    ...(environment && { env: environment }),
  });
  const end = () => child.kill();
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    const [status] = await once(child, "exit");
    if (status !== 0)
      throw new UserError(`The command ${command} ${parameters[0]} failed. Its output above says why.`);
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
};

export const runScript = async (work: () => Promise<void>): Promise<void> => {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof UserError ? error.message : error);
    process.exitCode = 1;
  }
};
