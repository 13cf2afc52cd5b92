/** `npm run localstack:down`: removes what `localstack:up` started. A LocalStack of the user's own keeps running. */
import { run, runScript } from "../run-script.ts";
import { findLocalStack, type LocalStack } from "./localstack.ts";
import { composeFile } from "./up.ts";

export const down = async ({ own }: LocalStack): Promise<void> => {
  if (!own) await run("docker", ["compose", "--file", composeFile, "down", "--volumes"]);
};

if (import.meta.main) await runScript(() => down(findLocalStack()));
