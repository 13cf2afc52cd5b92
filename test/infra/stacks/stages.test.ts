// Tests several stages in one account, and what remains when one is deleted.
import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { buildApp } from "../../../infra/build-app.ts";
import { grants } from "../../../infra/grants/grants.ts";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { feedbackRules, pascalCase } from "../../../infra/naming.ts";
import { readSettings } from "../../../infra/settings/settings.ts";
import { SenderStack } from "../../../infra/stacks/sender-stack.ts";
import type { SynthesisedStack } from "../../../infra/synthesise.ts";
import { MailboxStack } from "../../tools/stage/mailbox-stack.ts";
import { requiredSettings, synthesiseStage, withStubBundles } from "../synthesised.ts";

const common = { ALARM_EMAIL: "ops@example.com", WEBHOOK_URL: "https://receiver.example/hook" };
const dev = synthesiseStage(common);
const prod = synthesiseStage({ STAGE: "prod", ...common });
const otherSender = synthesiseStage({ STAGE: "other", MAIL_FROM: "hello@example.net" });
type Stage = typeof dev;

const stackNames = (stage: Stage) => stage.stacks.map(({ stackName }) => stackName);
const shared = (one: Stage, other: Stage) =>
  stackNames(one).filter((name) => stackNames(other).includes(name));
const ownStacks = (stage: Stage) =>
  stage.stacks.filter(({ stackName }) => !/^lit-auth-(account|sender-)/.test(stackName));
const resources = (stage: Stage) =>
  ownStacks(stage).flatMap(({ template }) => Object.entries(template.Resources));

const exportNames = (stage: Stage) =>
  [...JSON.stringify(stage.stacks).matchAll(/"Export":\{"Name":"([^"]+)"/g)].map(([, name]) => name);

describe("stages", () => {
  it("contain no account, region or partition", () => {
    const letters = Template.fromStack(
      new MailboxStack(new App(), "Mailbox", { domain: "letters.example.com" }),
    );
    for (const template of [...prod.stacks, letters.toJSON()])
      expect(JSON.stringify(template)).not.toMatch(
        /"\d{12}"|:\d{12}:|arn:aws[a-z-]*:|\b(af|ap|ca|cn|eu|il|me|mx|sa|us)-[a-z]+-\d\b/,
      );
  });

  it("share the account's stack, and the sender's if it is the same", () => {
    expect(shared(dev, prod).toSorted()).toEqual([
      "lit-auth-account",
      "lit-auth-sender-no-reply-example-com",
    ]);
    expect(shared(dev, otherSender)).toEqual(["lit-auth-account"]);
  });

  it("protect shared stacks from termination", () => {
    const app = withStubBundles((bundles) =>
      buildApp(readSettings(requiredSettings), bundles, {
        context: { "aws:cdk:disable-asset-staging": true },
      }),
    );
    const guarded = app.node.children.filter((node) => node instanceof Stack && node.terminationProtection);
    expect(guarded.map(({ node }) => node.id).toSorted()).toEqual(["Account", "Sender"]);
  });

  it("deploy shared stacks with the same template", () => {
    const templates = (stage: Stage) =>
      stage.stacks
        .filter(({ stackName }) => shared(dev, prod).includes(stackName))
        .map(({ template }) => template);
    expect(templates(dev)).toEqual(templates(prod));
  });

  it("have a budget only if a setting says how much", () => {
    const budgets = (texts: Record<string, string>) =>
      Object.values(synthesiseStage(texts).all("AWS::Budgets::Budget"));
    const email = { ALARM_EMAIL: "ops@example.com" };
    expect(budgets(email)).toEqual([]);
    const [budget] = budgets({ ...email, MONTHLY_BUDGET_USD: "150" });
    expect(budget).toMatchObject({
      Budget: { BudgetType: "COST", TimeUnit: "MONTHLY", BudgetLimit: { Amount: 150, Unit: "USD" } },
    });
    expect(JSON.stringify(budget).split("ops@example.com")).toHaveLength(4);
    expect(() => budgets({ MONTHLY_BUDGET_USD: "150" })).toThrow("MONTHLY_BUDGET_USD: needs ALARM_EMAIL");
  });

  /** Maps for example `Api.Name` to the name, where a template sets one. */
  const givenNames = (stage: Stage) =>
    resources(stage).flatMap(([id, { Properties = {} }]) =>
      Object.entries(Properties).flatMap(([property, value]) =>
        /^(Table|Queue|Function|Role|LogGroup|Topic|Alarm|Policy|Dashboard)?Name$/.test(property) &&
        !id.includes("DefaultPolicy") &&
        typeof value === "string"
          ? [[`${id.replace(/[0-9A-F]{8}$/, "")}.${property}`, value] as const]
          : [],
      ),
    );

  it("have no export or name in common", () => {
    expect(exportNames(dev).length).toBeGreaterThan(0);
    expect(exportNames(dev).filter((name) => exportNames(prod).includes(name))).toEqual([]);
    // Rights, alarms and deployments name these before they exist, or people look for them.
    // CloudFormation generates the other names.
    const functions = Object.keys(grants).map((name) => `${pascalCase(name)}.FunctionName`);
    const rules = feedbackRules.map((rule) => `${rule}.Name`);
    const [devNames, prodNames] = [givenNames(dev), givenNames(prod)];
    const dashboards = ["Dashboard.DashboardName", "OperationsDashboard.DashboardName"];
    const others = devNames
      .map(([what]) => what)
      .filter((what) => !/^(\w+Alarm\.AlarmName|Query\w+\.Name)$/.test(what));
    expect(others.toSorted()).toEqual(
      [
        "Api.Name",
        "ConfigurationSet.Name",
        "EventBus.Name",
        ...dashboards,
        ...rules,
        ...functions,
      ].toSorted(),
    );
    const ofProd = new Set(prodNames.map(([, name]) => name));
    expect(devNames.filter(([, name]) => ofProd.has(name))).toEqual([]);
  });

  it("leave nothing behind when deleted, unless they are prod", () => {
    const kept = resources(dev).filter(([, { DeletionPolicy = "Delete" }]) => DeletionPolicy !== "Delete");
    expect(kept.map(([id]) => id)).toEqual([]);
    // Lambda gives a function without a log group one that belongs to no stack.
    for (const [id, { Type, Properties }] of resources(dev))
      if (Type === "AWS::Lambda::Function")
        expect([id, Properties]).toMatchObject([id, { LoggingConfig: { LogGroup: {} } }]);
  });

  it("retain what prod holds, unless a failed deployment has just made it", () => {
    const kinds = /^AWS::(DynamoDB::Table|SQS::Queue|SecretsManager::Secret|Logs::LogGroup)$/;
    const lost = resources(prod)
      .filter(([, { Type }]) => kinds.test(Type))
      .filter(
        ([, resource]) =>
          resource["DeletionPolicy"] !== "RetainExceptOnCreate" ||
          resource["UpdateReplacePolicy"] !== "Retain",
      );
    expect(lost.map(([id]) => id)).toEqual([]);
    const all = prod.stacks.flatMap(({ template }) => Object.entries(template.Resources));
    expect(all.filter(([, { DeletionPolicy }]) => DeletionPolicy === "Retain")).toEqual([]);
  });

  it("create tables after all else in their stack", () => {
    const { Resources = {} } =
      prod.stacks.find(({ stackName }) => stackName.endsWith("-stateful"))?.template ?? {};
    const isTable = ([, { Type }]: [string, { Type: string }]) => Type === "AWS::DynamoDB::Table";
    const others = Object.entries(Resources).filter(
      (one) => !isTable(one) && !one[0].startsWith("CDKMetadata"),
    );
    const tables = Object.entries(Resources).filter(isTable);
    expect([tables.length > 2, others.length > 10]).toEqual([true, true]);
    for (const [id, { DependsOn = [] }] of tables)
      expect([id, DependsOn]).toEqual([id, expect.arrayContaining(others.map(([other]) => other))]);
  });
});

describe("SES identity", () => {
  const senderOf = (texts: Record<string, string>) => {
    const settings = readSettings({ ...requiredSettings, STAGE: "prod", ...texts });
    const template = Template.fromStack(
      new SenderStack(new App(), "Sender", { settings }),
    ).toJSON() as SynthesisedStack["template"];
    return { template, resources: Object.values(template.Resources), outputs: template.Outputs ?? {} };
  };
  const outputsOf = (texts: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(senderOf(texts).outputs).map(([name, output]) => [
        name,
        (output as { Value: unknown }).Value,
      ]),
    );
  const dkim = (attribute: string) => ({ "Fn::GetAtt": [expect.stringMatching(/^Sender/), attribute] });

  it("of a domain has DKIM, SPF and DMARC records as outputs", () => {
    const outputs = outputsOf({ MAIL_FROM: "a@mail.example.com", MAIL_IDENTITY: "example.com" });
    expect(outputs).toEqual({
      ...Object.fromEntries(
        [1, 2, 3].flatMap((index) => [
          [`Dkim${index}Name`, dkim(`DkimDNSTokenName${index}`)],
          [`Dkim${index}Value`, dkim(`DkimDNSTokenValue${index}`)],
        ]),
      ),
      BounceMxName: "bounce.example.com",
      BounceMxValue: { "Fn::Join": ["", ["10 feedback-smtp.", { Ref: "AWS::Region" }, ".amazonses.com"]] },
      BounceSpfName: "bounce.example.com",
      BounceSpfValue: "v=spf1 include:amazonses.com ~all",
      DmarcName: "_dmarc.mail.example.com",
      DmarcValue: "v=DMARC1; p=none",
    });
  });

  it("of a domain doesn't keep npm start from reading its records", () => {
    const { template } = senderOf({ MAIL_FROM: "a@example.com", MAIL_IDENTITY: "example.com" });
    const outputs = loadTemplates([{ stackName: "sender", template }], "http://127.0.0.1:1").outputs();
    expect(Object.keys(outputs)).toHaveLength(12);
    expect(outputs["sender.Dkim3Name"]).toMatch(/^\w+\._domainkey\.example\.com$/);
    expect(outputs["sender.Dkim3Value"]).toMatch(/^\w+\.dkim\.amazonses\.com$/);
  });

  it("sends bounces to a domain of its own, or to SES's", () => {
    const domain = {
      MAIL_FROM: "a@example.com",
      MAIL_IDENTITY: "example.com",
      MAIL_FROM_DOMAIN: "b.example.com",
    };
    const identityOf = (texts: Record<string, string>) => senderOf(texts).resources[0];
    expect(identityOf(domain)?.Properties).toMatchObject({
      EmailIdentity: "example.com",
      MailFromAttributes: { MailFromDomain: "b.example.com" },
    });
    expect(outputsOf(domain)).toMatchObject({ BounceSpfName: "b.example.com" });
    expect(identityOf({})?.Properties).toEqual({ EmailIdentity: "no-reply@example.com" });
    expect(outputsOf({})).toEqual({});
  });

  it("outlives its stack, and is not made if it exists", () => {
    expect(senderOf({}).resources).toMatchObject([{ DeletionPolicy: "RetainExceptOnCreate" }]);
    const existing = synthesiseStage({ STAGE: "prod", SES_IDENTITY: "existing" });
    const others = prod.stacks.filter(({ stackName }) => !stackName.startsWith("lit-auth-sender-"));
    expect(stackNames(existing)).toEqual(stackNames({ ...prod, stacks: others }));
    expect(existing.all("AWS::SES::EmailIdentity")).toEqual({});
  });
});
