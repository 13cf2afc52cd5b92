import { describe, expect, it } from "vitest";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { loadApi } from "../../../infra/local/gateway/api-definition.ts";
import { synthesiseStage } from "../synthesised.ts";

const stage = synthesiseStage();
const guarded = synthesiseStage({ WAF: "on", WAF_REQUESTS_PER_FIVE_MINUTES: "500" });

describe("the web ACL", () => {
  const [acl] = Object.values(guarded.all("AWS::WAFv2::WebACL"));
  const rules = acl?.["Rules"] as Record<string, unknown>[];

  it("is there only where a setting asks for it", () => {
    expect(stage.all("AWS::WAFv2::WebACL")).toEqual({});
    expect(stage.all("AWS::WAFv2::WebACLAssociation")).toEqual({});
  });

  it("stands before the stage, with a rate for each address and AWS's managed rules", () => {
    expect(JSON.stringify(guarded.all("AWS::WAFv2::WebACLAssociation"))).toMatch(
      /\/stages\/",\{"Ref":"Stage[0-9A-F]{8}"\}/,
    );
    expect(rules.map(({ Name, Priority }) => [Priority, Name])).toEqual([
      [0, "RequestsPerAddress"],
      [1, "AWSManagedRulesAmazonIpReputationList"],
      [2, "AWSManagedRulesKnownBadInputsRuleSet"],
      [3, "AWSManagedRulesCommonRuleSet"],
    ]);
    expect(rules[0]).toMatchObject({
      Action: { Block: {} },
      Statement: { RateBasedStatement: { Limit: 500, AggregateKeyType: "IP" } },
    });
  });

  it("keeps no samples, which hold tokens and cookies, and lets passwords look like anything", () => {
    expect(JSON.stringify(acl)).not.toContain('"SampledRequestsEnabled":true');
    expect(JSON.stringify(rules[3])).toContain('{"ActionToUse":{"Count":{}},"Name":"GenericLFI_BODY"}');
  });

  it("is nothing that the local runner needs to know", () => {
    expect(() => loadApi(loadTemplates(guarded.stacks, "http://127.0.0.1:1"))).not.toThrow();
  });
});
