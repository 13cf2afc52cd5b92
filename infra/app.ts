// The entry point of the CDK command line (`cdk.json`). `--stage` overrides the setting.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildApp, isForLocalStack } from "./build-app.ts";
import { bundleFunctions } from "./bundling/bundle-functions.ts";
import { checkWithNag } from "./stacks/cdk-nag.ts";
import { loadSettings } from "./settings.ts";

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
// LocalStack runs functions on this machine's kind of processor, which may not be Lambda's.
const bundles = isForLocalStack() ? join(import.meta.dirname, "../build/localstack/functions") : undefined;
await bundleFunctions(
  bundles === undefined ? {} : { outdir: bundles, platforms: ["linux-arm64", "linux-x64"] },
);
const app = buildApp(settings, bundles);
checkWithNag(app);
app.synth();
