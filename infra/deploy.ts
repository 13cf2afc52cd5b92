// Runs `npm run deploy -- --stage prod -- <arguments of cdk deploy>`.
import { readCommandLine } from "./command-line/command-line.ts";
import { run, runScript } from "./run-script.ts";
import { UserError } from "./user-error.ts";
import { settingsTable } from "./settings/settings-table.ts";

const stageName = (text: string): string => {
  const read = settingsTable.STAGE.schema.safeParse(text);
  if (!read.success)
    throw new UserError(
      `--stage ${JSON.stringify(text)} is not a stage name. Use a lower-case letter, then up to 15 letters, digits and hyphens.`,
    );
  return read.data;
};

await runScript(async () => {
  const { values, operands } = readCommandLine("deploy");
  const app =
    values.stage === undefined ? [] : ["--app", `node infra/app.ts --stage ${stageName(values.stage)}`];
  await run("cdk", ["deploy", "--all", ...app, ...operands]);
});
