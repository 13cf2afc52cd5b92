/** `npm run localstack:up`: starts LocalStack with Docker and waits for it; with `LOCALSTACK_ENDPOINT`, sees that one is there. */
import { spawnSync } from "node:child_process";
import { run, runScript } from "../run-script.ts";
import { UserError } from "../user-error.ts";
import { findLocalStack, type LocalStack } from "./localstack.ts";

export const composeFile = "docker-compose.localstack.yml";

const works = (...parameters: string[]): boolean =>
  spawnSync("docker", parameters, { stdio: "ignore" }).status === 0;

export const up = async ({ endpoint, own }: LocalStack): Promise<void> => {
  if (own) {
    const health = await fetch(`${endpoint}/_localstack/health`).catch(() => undefined);
    if (!health?.ok) throw new UserError(`No LocalStack answers at ${endpoint} (LOCALSTACK_ENDPOINT).`);
    return;
  }
  if (!works("info") || !works("compose", "version"))
    throw new UserError(
      "LocalStack needs a running Docker with Compose, or LOCALSTACK_ENDPOINT with the address of one that runs.",
    );
  await run("docker", ["compose", "--file", composeFile, "up", "--detach", "--wait"]);
};

if (import.meta.main) await runScript(() => up(findLocalStack()));
