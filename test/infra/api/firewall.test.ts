import { describe, expect, it } from "vitest";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { loadApi } from "../../../infra/local/gateway/api-definition.ts";
import { synthesiseStage } from "../synthesised.ts";

const guarded = synthesiseStage({ WAF: "on", WAF_REQUESTS_PER_FIVE_MINUTES: "500" });

describe("web ACL", () => {
  const [acl] = Object.values(guarded.all("AWS::WAFv2::WebACL"));
  const rules = acl?.["Rules"] as Record<string, unknown>[];

  it.each([
    [{ STAGE: "prod" }, 1],
    [{ STAGE: "prod", WAF: "" }, 1],
    [{ STAGE: "prod", WAF: "off" }, 0],
    [{ STAGE: "dev" }, 0],
    [{ STAGE: "preprod" }, 0],
    [{ STAGE: "dev", WAF: "on" }, 1],
  ])("exists by default for prod only: %o", (texts, count) => {
    const stage = synthesiseStage(texts);
    for (const type of ["AWS::WAFv2::WebACL", "AWS::WAFv2::WebACLAssociation"])
      expect(Object.values(stage.all(type))).toHaveLength(count);
  });

  it("protects the stage with a rate per address and managed rules", () => {
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

  it("stores no request samples, and lets arbitrary passwords through", () => {
    // Samples would hold tokens and cookies.
    expect(JSON.stringify(acl)).not.toContain('"SampledRequestsEnabled":true');
    expect(JSON.stringify(rules[3])).toContain('{"ActionToUse":{"Count":{}},"Name":"GenericLFI_BODY"}');
  });

  it("doesn't stop the local runner from loading the API", () => {
    expect(() => loadApi(loadTemplates(guarded.stacks, "http://127.0.0.1:1"))).not.toThrow();
  });
});
