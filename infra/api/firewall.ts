import type { Stage } from "aws-cdk-lib/aws-apigateway";
import { CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import type { Construct } from "constructs";
import { isProduction, type Settings } from "../settings/settings.ts";

// The listed rules count but don't block: a password may look like an attack, and clients that run
// on servers may send no user agent.
const managedRules: Record<string, readonly string[]> = {
  AWSManagedRulesAmazonIpReputationList: [],
  AWSManagedRulesKnownBadInputsRuleSet: [],
  AWSManagedRulesCommonRuleSet: [
    "CrossSiteScripting_BODY",
    "EC2MetaDataSSRF_BODY",
    "GenericLFI_BODY",
    "GenericRFI_BODY",
    "NoUserAgent_HEADER",
  ],
};

const seenAs = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  // Samples would contain whole headers, with access tokens and cookies.
  sampledRequestsEnabled: false,
});

export const hasFirewall = (settings: Settings): boolean =>
  settings.WAF === undefined ? isProduction(settings) : settings.WAF === "on";

export const addFirewall = (scope: Construct, stage: Stage, settings: Settings): void => {
  const managed = Object.entries(managedRules).map(([name, onlyCounted], index): CfnWebACL.RuleProperty => ({
    name,
    priority: index + 1,
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: "AWS",
        name,
        ruleActionOverrides: onlyCounted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: seenAs(name),
  }));
  const rate: CfnWebACL.RuleProperty = {
    name: "RequestsPerAddress",
    priority: 0,
    action: { block: {} },
    statement: {
      rateBasedStatement: { limit: settings.WAF_REQUESTS_PER_FIVE_MINUTES, aggregateKeyType: "IP" },
    },
    visibilityConfig: seenAs("RequestsPerAddress"),
  };
  const acl = new CfnWebACL(scope, "Firewall", {
    scope: "REGIONAL",
    defaultAction: { allow: {} },
    rules: [rate, ...managed],
    visibilityConfig: seenAs("Firewall"),
  });
  new CfnWebACLAssociation(scope, "FirewallOfStage", {
    resourceArn: stage.stageArn,
    webAclArn: acl.attrArn,
  });
};
