import { readCommandLine } from "../command-line/command-line.ts";
import { run, runScript } from "../run-script.ts";
import { findLocalStack, type LocalStack } from "./localstack.ts";
import { composeFile, requireDocker } from "./up.ts";

export const down = async ({ own }: LocalStack): Promise<void> => {
  if (own) return;
  requireDocker();
  await run("docker", ["compose", "--file", composeFile, "down", "--volumes"]);
};

if (import.meta.main)
  await runScript(() => {
    readCommandLine("localstack:down");
    return down(findLocalStack());
  });
