/** Stages beside each other in one account, and what is left when one goes. */
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { MailboxStack } from "../stage/mailbox-stack.ts";
import { synthesiseStage } from "./synthesised.ts";

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

test("no template names an account, a region or a partition", () => {
  const letters = Template.fromStack(
    new MailboxStack(new App(), "Mailbox", { domain: "letters.example.com" }),
  );
  for (const template of [...prod.stacks, letters.toJSON()])
    expect(JSON.stringify(template)).not.toMatch(
      /"\d{12}"|:\d{12}:|arn:aws[a-z-]*:|\b(af|ap|ca|cn|eu|il|me|mx|sa|us)-[a-z]+-\d\b/,
    );
});

test("stages share the account's stack and, if it is the same, the sender's; both refuse deletion", () => {
  expect(shared(dev, prod).toSorted()).toEqual(["lit-auth-account", "lit-auth-sender-no-reply-example-com"]);
  expect(shared(dev, otherSender)).toEqual(["lit-auth-account"]);
});

test("a shared stack is the same, whichever stage deploys it", () => {
  const templates = (stage: Stage) =>
    stage.stacks
      .filter(({ stackName }) => shared(dev, prod).includes(stackName))
      .map(({ template }) => template);
  expect(templates(dev)).toEqual(templates(prod));
});

test("two stages export other names, and name nothing themselves but the API", () => {
  expect(exportNames(dev).length).toBeGreaterThan(0);
  expect(exportNames(dev).filter((name) => exportNames(prod).includes(name))).toEqual([]);
  const named = resources(dev).flatMap(([id, { Properties = {} }]) =>
    Object.keys(Properties)
      .filter((name) => /^(Table|Queue|Function|Role|LogGroup|Topic|Alarm|Policy)?Name$/.test(name))
      .filter((name) => typeof Properties[name] === "string")
      .map((name) => `${id.replace(/[0-9A-F]{8}$/, "")}.${name}`),
  );
  expect(named.filter((name) => !name.endsWith("DefaultPolicy.PolicyName"))).toEqual(["Api.Name"]);
});

test("a stage other than prod leaves nothing behind, not even a log", () => {
  const kept = resources(dev).filter(([, { DeletionPolicy = "Delete" }]) => DeletionPolicy !== "Delete");
  expect(kept.map(([id]) => id)).toEqual([]);
  // A function without a log group of its own gets one that belongs to no stack.
  for (const [id, { Type, Properties }] of resources(dev))
    if (Type === "AWS::Lambda::Function")
      expect([id, Properties]).toMatchObject([id, { LoggingConfig: { LogGroup: {} } }]);
});

test("prod keeps tables, queues, secrets and logs, also where an update would replace them", () => {
  const kinds = /^AWS::(DynamoDB::Table|SQS::Queue|SecretsManager::Secret|Logs::LogGroup)$/;
  const lost = resources(prod)
    .filter(([, { Type }]) => kinds.test(Type))
    .filter(
      ([, resource]) =>
        resource["DeletionPolicy"] !== "Retain" || resource["UpdateReplacePolicy"] !== "Retain",
    );
  expect(lost.map(([id]) => id)).toEqual([]);
});
