/** What exists once per account, whatever the number of stages: API Gateway's way into CloudWatch, and the mail sender. */
import { Stack, type StackProps } from "aws-cdk-lib";
import { CfnAccount } from "aws-cdk-lib/aws-apigateway";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { EmailIdentity, Identity } from "aws-cdk-lib/aws-ses";
import type { Construct } from "constructs";
import { mailIdentity } from "./resources.ts";
import type { Settings } from "./settings.ts";

/** Set by `-c localstack=true`: LocalStack cannot create an SES identity; its sender is verified by a call. */
const localStackFlag = "localstack";

export class AccountStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, props);
    const role = new Role(this, "GatewayLogRole", {
      assumedBy: new ServicePrincipal("apigateway.amazonaws.com"),
      managedPolicies: [
        ManagedPolicy.fromAwsManagedPolicyName("service-role/AmazonAPIGatewayPushToCloudWatchLogs"),
      ],
    });
    new CfnAccount(this, "GatewayAccount", { cloudWatchRoleArn: role.roleArn });

    if (this.node.tryGetContext(localStackFlag)) return;
    const sender = mailIdentity(settings);
    new EmailIdentity(this, "Sender", {
      identity: sender.includes("@") ? Identity.email(sender) : Identity.domain(sender),
    });
  }
}
