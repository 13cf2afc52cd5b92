import { readCommandLine } from "../command-line/command-line.ts";
import { run, runScript } from "../run-script.ts";
import { addressesOf, environmentFor, findLocalStack, type LocalStack } from "./localstack.ts";

/** `test/support/stacks/capabilities.ts` explains each of these. */
const lacks = ["gatewayResponseBodies", "formsBesidePost", "hundredsAtOnce", "reportsOfLetters"];

export const test = async (localStack: LocalStack): Promise<void> => {
  const { api, mailbox } = addressesOf(localStack);
  const { PATH = "", HOME = "" } = environmentFor(localStack);
  await run("vitest", ["run", "--project", "api"], {
    environment: { PATH, HOME, BASE_URL: api, MAILBOX_URL: mailbox, TARGET_LACKS: lacks.join(",") },
  });
};

if (import.meta.main)
  await runScript(() => {
    readCommandLine("localstack:test");
    return test(findLocalStack());
  });
