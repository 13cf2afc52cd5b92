import { spawnSync } from "node:child_process";
import { readCommandLine } from "../command-line/command-line.ts";
import { run, runScript } from "../run-script.ts";
import { UserError } from "../user-error.ts";
import { findLocalStack, type LocalStack } from "./localstack.ts";

export const composeFile = "docker-compose.localstack.yml";

/** Docker itself would answer a missing Compose with its usage. */
export const requireDocker = (): void => {
  if (works("info") && works("compose", "version")) return;
  throw new UserError(
    "Docker with Compose is not running. Start it, or set LOCALSTACK_ENDPOINT to the address of a running LocalStack.",
  );
};

const works = (...parameters: string[]): boolean =>
  spawnSync("docker", parameters, { stdio: "ignore" }).status === 0;

export const up = async ({ endpoint, own }: LocalStack): Promise<void> => {
  if (own) {
    const health = await fetch(`${endpoint}/_localstack/health`).catch(() => undefined);
    if (!health?.ok)
      throw new UserError(
        `LocalStack does not answer at ${endpoint}. Start it, or unset LOCALSTACK_ENDPOINT to use Docker.`,
      );
    return;
  }
  requireDocker();
  await run("docker", ["compose", "--file", composeFile, "up", "--detach", "--wait"]);
};

if (import.meta.main)
  await runScript(() => {
    readCommandLine("localstack:up");
    return up(findLocalStack());
  });
