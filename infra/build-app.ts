import { App, Tags, type AppProps } from "aws-cdk-lib";
import { checkOperations } from "./bundling/complete-operations.ts";
import { bundlesDirectory } from "./bundling/bundle-functions.ts";
import { localStackApiId, stackName } from "./naming.ts";
import type { Settings } from "./settings/settings.ts";
import { AccountStack } from "./stacks/account-stack.ts";
import { ApiStack } from "./stacks/api-stack.ts";
import { FunctionsStack, staffOperations } from "./stacks/functions-stack.ts";
import { addMailFeedback } from "./stacks/mail-feedback.ts";
import { SenderStack } from "./stacks/sender-stack.ts";
import { StatefulStack } from "./stacks/stateful-stack.ts";
import { UserFunctionsStack } from "./stacks/user-functions-stack.ts";

const flags = {
  "@aws-cdk/core:validateAgainstDefaultRules": true,
  // `strong` makes CloudFormation exports. They prevent that a stack drops what another one uses,
  // and LocalStack and our runner support them.
  "@aws-cdk/core:defaultCrossStackReferences": "strong",
};

// Set by `-c localstack=true`. Then there is no Sender stack, configuration set or custom domain,
// because LocalStack can't create them, and a tag sets the API's id, so that the tokens' issuer is
// known before deployment.
const localStackFlag = "localstack";

const withoutDomain = { DOMAIN_NAME: undefined, DISABLE_DEFAULT_ENDPOINT: "off" } as const;

export const buildApp = (given: Settings, bundles = bundlesDirectory, options: AppProps = {}): App => {
  checkOperations();
  const app = new App({ analyticsReporting: false, ...options, context: { ...flags, ...options.context } });
  const settings = app.node.tryGetContext(localStackFlag) ? { ...given, ...withoutDomain } : given;
  const named = (name: string) => ({ stackName: stackName(settings.STAGE, name), settings });
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
    queryFolder: "staff functions",
  });
  const api = new ApiStack(app, "Api", { ...named("api"), stateful });
  // The Api stack refers to functions by name only, so CDK can't infer this dependency.
  for (const functions of [userFunctions, staffFunctions]) api.addStackDependency(functions);

  // All stages share these stacks, so deleting one stage must not delete them.
  const shared = { terminationProtection: true };
  const account = new AccountStack(app, "Account", { stackName: "lit-auth-account", settings, ...shared });
  // API Gateway refuses an access log until the account has a role for it.
  api.addStackDependency(account);
  if (app.node.tryGetContext(localStackFlag)) {
    const onlyApi = { includeResourceTypes: ["AWS::ApiGateway::RestApi"] };
    Tags.of(stateful).add("_custom_id_", localStackApiId, onlyApi);
  } else {
    // UserFunctions contains the mailer, and SES accepts only verified senders.
    if (settings.SES_IDENTITY === "create")
      userFunctions.addStackDependency(new SenderStack(app, "Sender", { settings, ...shared }));
    addMailFeedback(userFunctions, settings, stateful.queues);
  }
  return app;
};
