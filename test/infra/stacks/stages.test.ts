/** Stages beside each other in one account, and what is left when one goes. */
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { expect, it } from "vitest";
import { grants } from "../../../infra/grants/grants.ts";
import { pascalCase } from "../../../infra/naming.ts";
import { MailboxStack } from "../../tools/stage/mailbox-stack.ts";
import { synthesiseStage } from "../synthesised.ts";

const dev = synthesiseStage({ ALARM_EMAIL: "ops@example.com" });
const prod = synthesiseStage({ STAGE: "prod", ALARM_EMAIL: "ops@example.com" });
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

it("no template names an account, a region or a partition", () => {
  const letters = Template.fromStack(
    new MailboxStack(new App(), "Mailbox", { domain: "letters.example.com" }),
  );
  for (const template of [...prod.stacks, letters.toJSON()])
    expect(JSON.stringify(template)).not.toMatch(
      /"\d{12}"|:\d{12}:|arn:aws[a-z-]*:|\b(af|ap|ca|cn|eu|il|me|mx|sa|us)-[a-z]+-\d\b/,
    );
});

it("stages share the account's stack and, if it is the same, the sender's; both refuse deletion", () => {
  expect(shared(dev, prod).toSorted()).toEqual(["lit-auth-account", "lit-auth-sender-no-reply-example-com"]);
  expect(shared(dev, otherSender)).toEqual(["lit-auth-account"]);
});

it("a shared stack is the same, whichever stage deploys it", () => {
  const templates = (stage: Stage) =>
    stage.stacks
      .filter(({ stackName }) => shared(dev, prod).includes(stackName))
      .map(({ template }) => template);
  expect(templates(dev)).toEqual(templates(prod));
});

/** `Api.Name` → the name, where a template gives one itself. */
const givenNames = (stage: Stage) =>
  resources(stage).flatMap(([id, { Properties = {} }]) =>
    Object.entries(Properties).flatMap(([property, value]) =>
      /^(Table|Queue|Function|Role|LogGroup|Topic|Alarm|Policy)?Name$/.test(property) &&
      !id.includes("DefaultPolicy") &&
      typeof value === "string"
        ? [[`${id.replace(/[0-9A-F]{8}$/, "")}.${property}`, value] as const]
        : [],
    ),
  );

it("two stages export other names, and name nothing themselves but the API and the functions, differently", () => {
  expect(exportNames(dev).length).toBeGreaterThan(0);
  expect(exportNames(dev).filter((name) => exportNames(prod).includes(name))).toEqual([]);
  const functions = Object.keys(grants).map((name) => `${pascalCase(name)}.FunctionName`);
  const [devNames, prodNames] = [givenNames(dev), givenNames(prod)];
  expect(devNames.map(([what]) => what).toSorted()).toEqual(["Api.Name", ...functions].toSorted());
  const ofProd = new Set(prodNames.map(([, name]) => name));
  expect(devNames.filter(([, name]) => ofProd.has(name))).toEqual([]);
});

it("a stage other than prod leaves nothing behind, not even a log", () => {
  const kept = resources(dev).filter(([, { DeletionPolicy = "Delete" }]) => DeletionPolicy !== "Delete");
  expect(kept.map(([id]) => id)).toEqual([]);
  // A function without a log group of its own gets one that belongs to no stack.
  for (const [id, { Type, Properties }] of resources(dev))
    if (Type === "AWS::Lambda::Function")
      expect([id, Properties]).toMatchObject([id, { LoggingConfig: { LogGroup: {} } }]);
});

it("prod keeps tables, queues, secrets and logs, also where an update would replace them", () => {
  const kinds = /^AWS::(DynamoDB::Table|SQS::Queue|SecretsManager::Secret|Logs::LogGroup)$/;
  const lost = resources(prod)
    .filter(([, { Type }]) => kinds.test(Type))
    .filter(
      ([, resource]) =>
        resource["DeletionPolicy"] !== "Retain" || resource["UpdateReplacePolicy"] !== "Retain",
    );
  expect(lost.map(([id]) => id)).toEqual([]);
});
