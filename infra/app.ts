// The entry point of the CDK command line (`cdk.json`). `--stage` overrides the setting.
import { parseArgs } from "node:util";
import { buildApp } from "./build-app.ts";
import { bundleFunctions } from "./bundling/bundle-functions.ts";
import { checkWithNag } from "./stacks/cdk-nag.ts";
import { loadSettings } from "./settings/settings.ts";
import { UserError } from "./user-error.ts";

const { values } = parseArgs({ options: { stage: { type: "string" } } });

const readSettings = () => {
  try {
    return loadSettings({}, values.stage === undefined ? {} : { STAGE: values.stage });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return process.exit(1);
  }
};

const settings = readSettings();
try {
  await bundleFunctions();
} catch (error) {
  console.error(error instanceof UserError ? error.message : error);
  process.exit(1);
}
const app = buildApp(settings);
checkWithNag(app);
app.synth();
