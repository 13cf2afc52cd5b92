import { CfnOutput } from "aws-cdk-lib";
import { CfnBasePathMapping, CfnDomainName, type CfnRestApi, type Stage } from "aws-cdk-lib/aws-apigateway";
import { CfnRecordSet } from "aws-cdk-lib/aws-route53";
import type { Construct } from "constructs";
import type { Settings } from "../settings/settings.ts";
import { transportSecurity } from "./bare-api.ts";

export const addCustomDomain = (
  scope: Construct,
  { DOMAIN_NAME, CERTIFICATE_ARN, HOSTED_ZONE_ID }: Settings,
  { bareApi, stage }: { bareApi: CfnRestApi; stage: Stage },
): void => {
  if (DOMAIN_NAME === undefined || CERTIFICATE_ARN === undefined) return;
  const domain = new CfnDomainName(scope, "Domain", {
    domainName: DOMAIN_NAME,
    regionalCertificateArn: CERTIFICATE_ARN,
    endpointConfiguration: { types: ["REGIONAL"] },
    ...transportSecurity,
  });
  new CfnBasePathMapping(scope, "DomainMapping", {
    domainName: domain.ref,
    restApiId: bareApi.ref,
    stage: stage.stageName,
  });
  new CfnOutput(scope, "DomainTarget", { value: domain.attrRegionalDomainName });
  if (HOSTED_ZONE_ID === undefined) return;
  for (const type of ["A", "AAAA"])
    new CfnRecordSet(scope, `Domain${type}`, {
      name: DOMAIN_NAME,
      type,
      hostedZoneId: HOSTED_ZONE_ID,
      aliasTarget: {
        dnsName: domain.attrRegionalDomainName,
        hostedZoneId: domain.attrRegionalHostedZoneId,
      },
    });
};
