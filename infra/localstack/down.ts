import { run, runScript } from "../run-script.ts";
import { findLocalStack, type LocalStack } from "./localstack.ts";
import { composeFile } from "./up.ts";

export const down = async ({ own }: LocalStack): Promise<void> => {
  if (!own) await run("docker", ["compose", "--file", composeFile, "down", "--volumes"]);
};

if (import.meta.main) await runScript(() => down(findLocalStack()));
