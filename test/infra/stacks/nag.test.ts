import { Stack, type AppProps } from "aws-cdk-lib";
import { AccountRootPrincipal, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import { expect, it } from "vitest";
import { buildApp } from "../../../infra/build-app.ts";
import { checkWithNag } from "../../../infra/stacks/cdk-nag.ts";
import { readSettings } from "../../../infra/settings.ts";
import { requiredSettings, withStubBundles } from "../synthesised.ts";

const settings = readSettings({ ...requiredSettings, ALARM_EMAIL: "ops@example.com" });
const withApp = <T>(use: (app: ReturnType<typeof buildApp>) => T, props: AppProps = {}) =>
  withStubBundles((bundles) => use(buildApp(settings, bundles, props)));
/** CloudFormation's own rules take seconds; `npm run synth` applies them. */
const quick = { builtinCloudFormationValidation: false };

it.each(["off", "on"])("every finding of cdk-nag has a written reason, with the web ACL %s", (WAF) => {
  const withFirewall = readSettings({ ...requiredSettings, ALARM_EMAIL: "ops@example.com", WAF });
  withStubBundles((bundles) => {
    const app = buildApp(withFirewall, bundles, quick);
    checkWithNag(app);
    expect(() => app.synth()).not.toThrow();
  });
});

it("a finding without a reason fails synth", () => {
  withApp((app) => {
    const stack = new Stack(app, "Careless");
    const role = new Role(stack, "Role", { assumedBy: new AccountRootPrincipal() });
    role.addToPolicy(new PolicyStatement({ actions: ["s3:*"], resources: ["*"] }));
    checkWithNag(app);
    expect(() => app.synth()).toThrow(/IAM5/);
  }, quick);
});

const stackIds = (context: Record<string, unknown>) =>
  withApp((app) => app.node.children.filter(Stack.isStack).map(({ node }) => node.id), { ...quick, context });

it("the flag for LocalStack leaves out the sender, and only that", () => {
  const all = stackIds({});
  expect(all).toContain("Sender");
  expect(stackIds({ localstack: true })).toEqual(all.filter((id) => id !== "Sender"));
});
