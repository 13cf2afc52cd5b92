// Stages with the same sender share this stack. Deleting a stage does not delete it, and deleting
// it does not delete the identity.
import { CfnOutput, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { EmailIdentity, Identity } from "aws-cdk-lib/aws-ses";
import type { Construct } from "constructs";
import { senderStackName } from "../naming.ts";
import { mailIdentity, senderDomain } from "../settings/deploy-settings.ts";
import type { Settings } from "../settings/settings.ts";

type DnsRecord = { type: "CNAME" | "MX" | "TXT"; name: string; value: string };

/** Only a domain has DKIM, and only DKIM or a bounce domain of one's own satisfies DMARC. */
const recordsOf = (
  identity: EmailIdentity,
  { settings, bounceDomain, region }: { settings: Settings; bounceDomain: string; region: string },
): Record<string, DnsRecord> => ({
  ...Object.fromEntries(
    identity.dkimRecords.map((record, index) => [`Dkim${index + 1}`, { type: "CNAME", ...record }]),
  ),
  BounceMx: { type: "MX", name: bounceDomain, value: `10 feedback-smtp.${region}.amazonses.com` },
  BounceSpf: { type: "TXT", name: bounceDomain, value: "v=spf1 include:amazonses.com ~all" },
  Dmarc: { type: "TXT", name: `_dmarc.${senderDomain(settings)}`, value: "v=DMARC1; p=none" },
});

export class SenderStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    const sender = mailIdentity(settings);
    super(scope, id, { stackName: senderStackName(sender), ...props });
    const isAddress = sender.includes("@");
    const bounceDomain = settings.MAIL_FROM_DOMAIN ?? `bounce.${sender}`;
    const identity = new EmailIdentity(this, "Sender", {
      identity: isAddress ? Identity.email(sender) : Identity.domain(sender),
      ...(!isAddress && { mailFromDomain: bounceDomain }),
    });
    identity.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    if (isAddress) return;
    const records = recordsOf(identity, { settings, bounceDomain, region: this.region });
    for (const [name, record] of Object.entries(records)) {
      const description = `A DNS record of type ${record.type}`;
      new CfnOutput(this, `${name}Name`, { value: record.name, description });
      new CfnOutput(this, `${name}Value`, { value: record.value, description });
    }
  }
}
