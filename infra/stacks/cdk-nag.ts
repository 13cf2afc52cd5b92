/** cdk-nag's AwsSolutions rules at synth, and every finding that we accept, with its reason. Any other one fails. */
import { Validations, type App } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import type { IConstruct } from "constructs";

const tracing = {
  "IAM5[Resource::*]":
    "X-Ray's two write actions know no resources; a test holds that nothing else has this.",
};

/** Path of a construct → finding in it or below → reason. */
const accepted: Record<string, Record<string, string>> = {
  "Stateful/KeySecret": {
    SMG4: "Keys of stored items are made with it: with another one, no account would be found again.",
  },
  "Stateful/DigestKeys": { SMG4: "Rotated: its schedule stands beside its function, in a later stack." },
  "Stateful/SigningKeys": { SMG4: "Rotated: its schedule stands beside its function, in a later stack." },
  "Stateful/VerificationKeys": { SMG4: "Public keys: follows SigningKeys." },
  "Stateful/Api": {
    APIG2: "Functions validate against the contract; API Gateway's own messages would break the error shape.",
  },
  "UserFunctions/MailerRole": {
    "IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]":
      "SES also asks for the recipient's identity in its sandbox; a condition allows one sender only.",
  },
  UserFunctions: tracing,
  StaffFunctions: tracing,
  "Api/Routes": {
    APIG4: "Operations check tokens themselves, since sessions end at once only where the store is asked.",
    COG4: "This product stands in place of Cognito.",
  },
  "Api/Stage": {
    APIG3:
      "A web ACL costs money before it has a use, so a setting asks for it; limits per address, user and IP are in the functions.",
    APIG6: "Execution logs hold query strings and headers. The access log and the functions' logs do not.",
  },
  "Account/GatewayLogRole": {
    "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]":
      "API Gateway accepts no narrower role for the account than this policy of its own.",
  },
};

const find = (app: App, path: string) =>
  path.split("/").reduce<IConstruct>((scope, id) => scope.node.findChild(id), app);

export const checkWithNag = (app: App): void => {
  for (const [path, findings] of Object.entries(accepted))
    for (const [finding, reason] of Object.entries(findings))
      Validations.of(find(app, path)).acknowledge({ id: `AwsSolutions::AwsSolutions-${finding}`, reason });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
};
