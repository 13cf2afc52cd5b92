import { describe, expect, it } from "vitest";
import { hasFirewall } from "../../../infra/api/firewall.ts";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { loadApi } from "../../../infra/local/gateway/api-definition.ts";
import { readSettings } from "../../../infra/settings/settings.ts";
import { requiredSettings, synthesiseStage } from "../synthesised.ts";

const guarded = synthesiseStage({ WAF: "on", WAF_REQUESTS_PER_FIVE_MINUTES: "500" });

describe("web ACL", () => {
  const [acl] = Object.values(guarded.all("AWS::WAFv2::WebACL"));
  const rules = acl?.["Rules"] as Record<string, unknown>[];

  it.each([
    [{ STAGE: "prod" }, true],
    [{ STAGE: "prod", WAF: "" }, true],
    [{ STAGE: "prod", WAF: "off" }, false],
    [{ STAGE: "dev" }, false],
    [{ STAGE: "preprod" }, false],
    [{ STAGE: "dev", WAF: "on" }, true],
  ])("exists by default for prod only: %o", (texts, expected) => {
    expect(hasFirewall(readSettings({ ...requiredSettings, ...texts }))).toBe(expected);
  });

  it("protects the stage with a rate per address and managed rules", () => {
    expect(synthesiseStage().all("AWS::WAFv2::WebACL")).toEqual({});
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
