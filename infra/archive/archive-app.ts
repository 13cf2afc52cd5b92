// The entry point of the CDK command line for the account of the archive (docs/runbook.md).
import { parseArgs } from "node:util";
import { App, type AppProps } from "aws-cdk-lib";
import { checkWithNag } from "../stacks/cdk-nag.ts";
import { runScript } from "../run-script.ts";
import { UserError } from "../user-error.ts";
import { acceptedInArchive, ArchiveStack } from "./archive-stack.ts";

const help = `node infra/archive/archive-app.ts --source-account <12 digits> [--source-account …] [--days <1 to 3650>]`;

export const archiveApp = (parameters: string[], options: AppProps = {}): App => {
  const { values } = parseArgs({
    args: parameters,
    options: {
      "source-account": { type: "string", multiple: true, default: [] },
      days: { type: "string", default: "365" },
    },
  });
  const { "source-account": sourceAccounts } = values;
  const days = Number(values.days);
  if (sourceAccounts.length === 0 || !sourceAccounts.every((account) => /^\d{12}$/.test(account)))
    throw new UserError(`Name the account of each stage by its 12 digits.\n${help}`);
  if (!Number.isInteger(days) || days < 1 || days > 3_650)
    throw new UserError(`--days must be a whole number from 1 to 3650.\n${help}`);
  const app = new App({ analyticsReporting: false, ...options });
  new ArchiveStack(app, "Archive", {
    stackName: "lit-auth-archive",
    terminationProtection: true,
    sourceAccounts,
    days,
  });
  checkWithNag(app, acceptedInArchive);
  return app;
};

if (import.meta.main)
  await runScript(async () => {
    archiveApp(process.argv.slice(2)).synth();
  });
