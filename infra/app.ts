/** What the CDK command line runs (see `cdk.json`): bundles, builds the application and checks it with cdk-nag.
 * `--stage` wins over the setting. */
import { parseArgs } from "node:util";
import { buildApp } from "./build-app.ts";
import { bundleFunctions } from "./bundle.ts";
import { checkWithNag } from "./nag.ts";
import { loadSettings } from "./settings.ts";

const { values } = parseArgs({ options: { stage: { type: "string" } } });

await bundleFunctions();
const app = buildApp(loadSettings({}, values.stage === undefined ? {} : { STAGE: values.stage }));
checkWithNag(app);
app.synth();
