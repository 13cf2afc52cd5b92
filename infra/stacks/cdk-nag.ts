// Runs cdk-nag's AwsSolutions rules. A finding that is not accepted here fails synth.
import { Validations, type App } from "aws-cdk-lib";
import { AwsSolutionsChecks } from "cdk-nag";
import type { IConstruct } from "constructs";

const tracing = {
  "IAM5[Resource::*]":
    "X-Ray's two write actions support no resources. A test checks that nothing else has this right.",
};

/** Construct path → finding at this construct or below it → reason. */
type Accepted = Readonly<Record<string, Readonly<Record<string, string>>>>;

const acceptedInStages: Accepted = {
  "Stateful/KeySecret": {
    SMG4: "Keys of stored items are derived from it. After a rotation, no account could be found.",
  },
  "Stateful/DeviceSecret": {
    SMG4: "A new value makes all devices unknown until they sign in again, so an operator decides.",
  },
  "Stateful/DigestKeys": {
    SMG4: "Rotated by a schedule in a later stack, beside the function that rotates it.",
  },
  "Stateful/SigningKeys": {
    SMG4: "Rotated by a schedule in a later stack, beside the function that rotates it.",
  },
  "Stateful/VerificationKeys": { SMG4: "Public keys, which change whenever SigningKeys is rotated." },
  "Stateful/EventsDeadLetters": {
    SQS3: "Lambda puts positions in the stream here that it has given up: these are dead letters.",
  },
  "Stateful/Api": {
    APIG2:
      "Functions validate requests against the contract. API Gateway's messages would not have the API's error format.",
  },
  "UserFunctions/MailerRole": {
    "IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]":
      "In its sandbox, SES also requires the right to the recipient's identity. A condition allows one sender only.",
  },
  UserFunctions: {
    ...tracing,
    SMG4: "One secret here is the key of another service, which that service makes. The other one signs webhooks: a command rotates it when the receiver is ready.",
  },
  "StaffFunctions/RetryDeliveryRole": {
    "IAM5[Resource::*]":
      "SES's suppression list is no resource. The right is the one action that takes an address off it, and X-Ray's two.",
  },
  StaffFunctions: tracing,
  "Api/Routes": {
    APIG4:
      "Operations check tokens themselves. Only a read of the table makes an ended session invalid at once.",
    COG4: "This product replaces Cognito.",
  },
  "Api/Stage": {
    APIG3:
      "A web ACL has a fixed price, so only prod has one by default. The functions limit requests per address, user and IP.",
    APIG6: "Execution logs contain query strings and headers. The access log and the functions' logs do not.",
  },
  "Account/GatewayLogRole": {
    "IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]":
      "API Gateway requires this policy for the account's logging role.",
  },
};

const find = (app: App, path: string) =>
  path.split("/").reduce<IConstruct>((scope, id) => scope.node.findChild(id), app);

export const checkWithNag = (app: App, accepted: Accepted = acceptedInStages): void => {
  for (const [path, findings] of Object.entries(accepted))
    for (const [finding, reason] of Object.entries(findings))
      Validations.of(find(app, path)).acknowledge({ id: `AwsSolutions::AwsSolutions-${finding}`, reason });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
};
