/**
 * Whom SES lets letters come from. A stack for each sender, named after it: stages with the same one share it, and
 * deploying or deleting a stage takes no other's away.
 */
import { Stack, type StackProps } from "aws-cdk-lib";
import { EmailIdentity, Identity } from "aws-cdk-lib/aws-ses";
import type { Construct } from "constructs";
import { mailIdentity } from "./function-variables.ts";
import type { Settings } from "../settings.ts";

export class SenderStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    const sender = mailIdentity(settings);
    super(scope, id, { stackName: `lit-auth-sender-${sender.replaceAll(/[^a-z0-9]+/gi, "-")}`, ...props });
    new EmailIdentity(this, "Sender", {
      identity: sender.includes("@") ? Identity.email(sender) : Identity.domain(sender),
    });
  }
}
