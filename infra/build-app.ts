/** The whole application: the stacks of one stage and the account's. `cdk deploy` and `npm start` build this very tree. */
import { App, type AppProps } from "aws-cdk-lib";
import { AccountStack } from "./account-stack.ts";
import { bundlesDirectory } from "./bundle.ts";
import { StatefulStack } from "./stateful-stack.ts";
import { StatelessStack } from "./stateless-stack.ts";
import type { Settings } from "./settings.ts";

const flags = {
  "@aws-cdk/core:validateAgainstDefaultRules": true,
  // Exports: a stateful stack cannot lose what the stateless one uses, and every emulator knows them.
  "@aws-cdk/core:defaultCrossStackReferences": "strong",
};

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
  const account = new AccountStack(app, "Account", { stackName: "lit-auth-account", settings });
  // A stage with an access log is refused while the account has no role for it.
  stateless.addStackDependency(account);
  return app;
};
