// Runs `npm run deploy -- --stage prod -- <arguments of cdk deploy>`.
import { join } from "node:path";
import { readCommandLine } from "./command-line/command-line.ts";
import { deploysNow, needsAnswer, productionSteps } from "./deployment-steps.ts";
import { findTriggers, usableTriggers } from "./rollback-triggers.ts";
import { root, run, runScript } from "./run-script.ts";
import { UserError } from "./user-error.ts";
import { isProduction, loadSettings, type Settings } from "./settings/settings.ts";
import { settingsTable } from "./settings/settings-table.ts";

const stageName = (text: string): string => {
  const read = settingsTable.STAGE.schema.safeParse(text);
  if (!read.success)
    throw new UserError(
      `--stage ${JSON.stringify(text)} is not a stage name. Use a lower-case letter, then up to 15 letters, digits and hyphens.`,
    );
  return read.data;
};

const settingsOf = (stage: string | undefined): Settings => {
  try {
    return loadSettings({}, stage === undefined ? {} : { STAGE: stage });
  } catch (error) {
    throw new UserError(error instanceof Error ? error.message : String(error));
  }
};

const smokeTest = async ({ STAGE, KEY_OPERATOR_ARN }: Settings, isFirst: boolean): Promise<void> => {
  // Without this setting, no one but the functions can read the keys that a sign-in takes.
  const mode = KEY_OPERATOR_ARN === undefined ? ["--letters-only"] : [];
  const file = join(root, "commands/stage/smoke-test.ts");
  try {
    await run(process.execPath, [file, "--stage", STAGE, ...mode]);
  } catch {
    if (!isFirst)
      throw new UserError(
        `Stage ${STAGE} is deployed, but its smoke test failed. To go back, deploy the earlier commit (docs/operations.md, "Roll out and go back").`,
      );
    console.warn(
      `Stage ${STAGE} is deployed for the first time, so its smoke test may fail until the SES identity is confirmed. Then run: npm run smoke -- --stage ${STAGE}`,
    );
  }
};

const deployProduction = async (
  settings: Settings,
  cdk: (parameters: string[]) => Promise<void>,
  { operands, despiteAlarms }: { operands: string[]; despiteAlarms: boolean },
): Promise<void> => {
  const found = await findTriggers(settings.STAGE);
  const triggers = usableTriggers(found, despiteAlarms);
  for (const step of productionSteps({ operands, triggers, hasSender: settings.SES_IDENTITY === "create" }))
    await cdk(step);
  if (deploysNow(operands)) await smokeTest(settings, found.length === 0);
};

await runScript(async () => {
  const { values, operands } = readCommandLine("deploy");
  const stage = values.stage === undefined ? undefined : stageName(values.stage);
  const app = stage === undefined ? [] : ["--app", `node infra/app.ts --stage ${stage}`];
  const settings = settingsOf(stage);
  if (needsAnswer(operands, process.stdout.isTTY))
    throw new UserError(
      "Nothing was deployed, because there is no terminal in which you could approve changes of rights. To approve them all, add: -- --require-approval never",
    );
  const cdk = (parameters: string[]) => run("cdk", ["deploy", ...app, ...parameters]);
  if (!isProduction(settings)) await cdk(["--all", ...operands]);
  else await deployProduction(settings, cdk, { operands, despiteAlarms: values["despite-alarms"] });
});
