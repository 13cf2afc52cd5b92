/**
 * The whole application: the stacks of one stage, in three layers (data and the bare API;
 * functions; routes and what serves them), and those that stages share. `cdk deploy` and
 * `npm start` build this very tree.
 */
import { App, Tags, type AppProps } from "aws-cdk-lib";
import { bundlesDirectory } from "./bundling/bundle-functions.ts";
import { localStackApiId } from "./naming.ts";
import type { Settings } from "./settings.ts";
import { AccountStack } from "./stacks/account-stack.ts";
import { ApiStack } from "./stacks/api-stack.ts";
import { FunctionsStack, staffOperations } from "./stacks/functions-stack.ts";
import { SenderStack } from "./stacks/sender-stack.ts";
import { StatefulStack } from "./stacks/stateful-stack.ts";
import { UserFunctionsStack } from "./stacks/user-functions-stack.ts";

const flags = {
  "@aws-cdk/core:validateAgainstDefaultRules": true,
  // Exports: a stateful stack cannot lose what a later one uses, and every emulator knows them.
  "@aws-cdk/core:defaultCrossStackReferences": "strong",
};

/**
 * Set by `-c localstack=true`. All that it changes: LocalStack cannot create an SES identity, and gets none; and a tag of
 * its own fixes the API's id, so that the address which tokens name is known before there is an API.
 */
const localStackFlag = "localstack";

export const buildApp = (settings: Settings, bundles = bundlesDirectory, options: AppProps = {}): App => {
  const app = new App({ analyticsReporting: false, ...options, context: { ...flags, ...options.context } });
  const named = (name: string) => ({ stackName: `lit-auth-${settings.STAGE}-${name}`, settings });
  const stateful = new StatefulStack(app, "Stateful", named("stateful"));
  const needed = { stateful, bundlesDirectory: bundles };
  const userFunctions = new UserFunctionsStack(app, "UserFunctions", {
    ...named("user-functions"),
    ...needed,
  });
  const staffFunctions = new FunctionsStack(app, "StaffFunctions", {
    ...named("staff-functions"),
    ...needed,
    operations: staffOperations,
  });
  const api = new ApiStack(app, "Api", { ...named("api"), stateful });
  // It knows the functions by name only, so nothing else would make it wait for them.
  for (const functions of [userFunctions, staffFunctions]) api.addStackDependency(functions);

  // Shared by the stages, so no stage's deletion may take them along.
  const shared = { terminationProtection: true };
  const account = new AccountStack(app, "Account", { stackName: "lit-auth-account", ...shared });
  // A stage with an access log is refused while the account has no role for it.
  api.addStackDependency(account);
  if (app.node.tryGetContext(localStackFlag)) {
    const onlyApi = { includeResourceTypes: ["AWS::ApiGateway::RestApi"] };
    Tags.of(stateful).add("_custom_id_", localStackApiId, onlyApi);
  } else {
    // SES takes letters of senders that it knows, and the mailer is in this stack.
    userFunctions.addStackDependency(new SenderStack(app, "Sender", { settings, ...shared }));
  }
  return app;
};
