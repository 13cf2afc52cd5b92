/** The whole application: the stacks of one stage and the account's. `cdk deploy` and `npm start` build this very tree. */
import { App, Tags, type AppProps } from "aws-cdk-lib";
import { AccountStack } from "./stacks/account-stack.ts";
import { SenderStack } from "./stacks/sender-stack.ts";
import { bundlesDirectory } from "./bundling/bundle-functions.ts";
import { localStackApiId } from "./naming.ts";
import { StatefulStack } from "./stacks/stateful-stack.ts";
import { StatelessStack } from "./stacks/stateless-stack.ts";
import type { Settings } from "./settings.ts";

const flags = {
  "@aws-cdk/core:validateAgainstDefaultRules": true,
  // Exports: a stateful stack cannot lose what the stateless one uses, and every emulator knows them.
  "@aws-cdk/core:defaultCrossStackReferences": "strong",
};

/**
 * Set by `-c localstack=true`. All that it changes: LocalStack cannot create an SES identity, and gets none; and a tag of
 * its own fixes the API's id, so that the address which tokens name is known before there is an API.
 */
const localStackFlag = "localstack";

export const buildApp = (settings: Settings, bundles = bundlesDirectory, options: AppProps = {}): App => {
  const app = new App({ analyticsReporting: false, ...options, context: { ...flags, ...options.context } });
  const prefix = `lit-auth-${settings.STAGE}`;
  const stateful = new StatefulStack(app, "Stateful", { stackName: `${prefix}-stateful`, settings });
  const stateless = new StatelessStack(app, "Stateless", {
    stackName: `${prefix}-stateless`,
    settings,
    stateful,
    bundlesDirectory: bundles,
  });
  // Shared by the stages, so no stage's deletion may take them along.
  const shared = { terminationProtection: true };
  const account = new AccountStack(app, "Account", { stackName: "lit-auth-account", ...shared });
  // A stage with an access log is refused while the account has no role for it.
  stateless.addStackDependency(account);
  if (app.node.tryGetContext(localStackFlag))
    Tags.of(stateless).add("_custom_id_", localStackApiId, {
      includeResourceTypes: ["AWS::ApiGateway::RestApi"],
    });
  else stateless.addStackDependency(new SenderStack(app, "Sender", { settings, ...shared }));
  return app;
};
