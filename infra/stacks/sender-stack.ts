// Stages with the same sender share this stack. Deleting a stage does not delete it.
import { Stack, type StackProps } from "aws-cdk-lib";
import { EmailIdentity, Identity } from "aws-cdk-lib/aws-ses";
import type { Construct } from "constructs";
import { mailIdentity } from "./function-variables.ts";
import type { Settings } from "../settings/settings.ts";

export class SenderStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    const sender = mailIdentity(settings);
    super(scope, id, { stackName: `lit-auth-sender-${sender.replaceAll(/[^a-z0-9]+/gi, "-")}`, ...props });
    new EmailIdentity(this, "Sender", {
      identity: sender.includes("@") ? Identity.email(sender) : Identity.domain(sender),
    });
  }
}
