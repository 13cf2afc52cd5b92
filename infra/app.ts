/** What the CDK command line runs (see `cdk.json`): bundles, builds the application and checks it with cdk-nag. */
import { buildApp } from "./build-app.ts";
import { bundleFunctions } from "./bundle.ts";
import { checkWithNag } from "./nag.ts";
import { loadSettings } from "./settings.ts";

await bundleFunctions();
const app = buildApp(loadSettings());
checkWithNag(app);
app.synth();
