import { Template } from "aws-cdk-lib/assertions";
import { Stack, type AppProps } from "aws-cdk-lib";
import { AccountRootPrincipal, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import { expect, test } from "vitest";
import { buildApp } from "../../infra/build-app.ts";
import { checkWithNag } from "../../infra/nag.ts";
import { readSettings } from "../../infra/settings.ts";
import { requiredSettings, withStubBundles } from "./synthesised.ts";

const settings = readSettings({ ...requiredSettings, ALARM_EMAIL: "ops@example.com" });
const withApp = <T>(use: (app: ReturnType<typeof buildApp>) => T, props: AppProps = {}) =>
  withStubBundles((bundles) => use(buildApp(settings, bundles, props)));
/** CloudFormation's own rules take seconds; `npm run synth` applies them. */
const quick = { builtinCloudFormationValidation: false };

test("every finding of cdk-nag has a written reason", () => {
  withApp((app) => {
    checkWithNag(app);
    expect(() => app.synth()).not.toThrow();
  }, quick);
});

test("a finding without a reason fails synth", () => {
  withApp((app) => {
    const stack = new Stack(app, "Careless");
    const role = new Role(stack, "Role", { assumedBy: new AccountRootPrincipal() });
    role.addToPolicy(new PolicyStatement({ actions: ["s3:*"], resources: ["*"] }));
    checkWithNag(app);
    expect(() => app.synth()).toThrow(/IAM5/);
  }, quick);
});

/** How many gateway roles and mail senders the account's stack makes. */
const accountCounts = (context: Record<string, unknown>) =>
  withApp(
    (app) => {
      const account = app.node.findChild("Account");
      if (!Stack.isStack(account)) throw new Error("no account stack");
      const template = Template.fromStack(account);
      const count = (type: string) => Object.keys(template.findResources(type)).length;
      return [count("AWS::ApiGateway::Account"), count("AWS::SES::EmailIdentity")];
    },
    { ...quick, context },
  );

test("the flag for LocalStack leaves out the sender, and only that", () => {
  expect(accountCounts({})).toEqual([1, 1]);
  expect(accountCounts({ localstack: true })).toEqual([1, 0]);
});
