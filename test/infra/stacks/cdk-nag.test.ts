import { Stack } from "aws-cdk-lib";
import { AccountRootPrincipal, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import { describe, expect, it } from "vitest";
import { buildApp } from "../../../infra/build-app.ts";
import { checkWithNag } from "../../../infra/stacks/cdk-nag.ts";
import { readSettings } from "../../../infra/settings/settings.ts";
import { requiredSettings, withStubBundles } from "../synthesised.ts";

const settings = {
  ...requiredSettings,
  ALARM_EMAIL: "ops@example.com",
  CHALLENGE_VERIFY_URL: "https://service.example/siteverify",
  CHALLENGE_HOSTNAMES: "app.example.com",
  WEBHOOK_URL: "https://receiver.example/hook",
  DOMAIN_NAME: "auth.example.com",
  CERTIFICATE_ARN: "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d",
  HOSTED_ZONE_ID: "Z0123456789ABC",
};
/** CloudFormation's own validation takes seconds. `npm run synth` performs it. */
const quick = { builtinCloudFormationValidation: false };

describe("cdk-nag", () => {
  it.each(["off", "on"])("finds nothing without a written reason, with the web ACL %s", (WAF) => {
    withStubBundles((bundles) => {
      const app = buildApp(readSettings({ ...settings, WAF }), bundles, quick);
      checkWithNag(app);
      expect(() => app.synth()).not.toThrow();
    });
  });

  it("fails synth on a finding without a reason", () => {
    withStubBundles((bundles) => {
      const app = buildApp(readSettings(settings), bundles, quick);
      const stack = new Stack(app, "Careless");
      const role = new Role(stack, "Role", { assumedBy: new AccountRootPrincipal() });
      role.addToPolicy(new PolicyStatement({ actions: ["s3:*"], resources: ["*"] }));
      checkWithNag(app);
      expect(() => app.synth()).toThrow(/IAM5/);
    });
  });
});
