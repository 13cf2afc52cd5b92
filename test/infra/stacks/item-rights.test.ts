// Asks the policies of all roles, as the local runner does, who may do what to which items.
import { describe, expect, it } from "vitest";
import type { FunctionName } from "../../../infra/grants/grant.ts";
import { grants } from "../../../infra/grants/grants.ts";
import { loadPolicies } from "../../../infra/local/aws-endpoint/iam-policy.ts";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";
import { rolePath } from "../../../infra/naming.ts";
import { itemKinds, keyOf } from "../../../shared/store/item-kinds.ts";
import { synthesiseStage } from "../synthesised.ts";

const stage = synthesiseStage();
const templates = loadTemplates(stage.stacks, "http://127.0.0.1:1");
const policies = loadPolicies(templates);
const names = Object.keys(grants) as FunctionName[];

const arnOf = (type: string, id: RegExp): string => {
  const found = templates.ofType(type).find(({ logicalId }) => id.test(logicalId));
  return found?.identity().attributes["Arn"] ?? "";
};
const users = arnOf("AWS::DynamoDB::Table", /^Users[0-9A-F]{8}$/);
const history = arnOf("AWS::DynamoDB::Table", /^History[0-9A-F]{8}$/);
const roles = templates.ofType("AWS::IAM::Role").map((role) => role.identity().attributes["Arn"] ?? "");
const roleOf = (name: FunctionName): string =>
  roles.find((role) => role.includes(`:role${rolePath("dev", name)}`)) ?? "";

const mayOn =
  (resource: string) =>
  (name: FunctionName, action: string, ...keys: string[]): boolean =>
    policies.decide(roleOf(name), {
      action: `dynamodb:${action}`,
      resource,
      context: { "dynamodb:LeadingKeys": keys },
    }) === "allowed";
const may = mayOn(users);
const writes = ["PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem"];
const writersOf = (key: string, ...actions: string[]) =>
  names.filter((name) => actions.some((action) => may(name, action, key)));

describe("items of accounts", () => {
  it("are created only with a code from the mailbox [ASVS 13.2.2]", () => {
    expect(writersOf("user#1", "PutItem", "BatchWriteItem")).toEqual([
      "activateUser",
      "confirmPasswordReset",
    ]);
  });

  it("are deleted only by their owner or staff", () => {
    expect(writersOf("user#1", "DeleteItem")).toEqual(["deleteMe", "deleteUser"]);
  });

  it("are changed only by these functions", () => {
    expect(writersOf("user#1", "UpdateItem")).toEqual([
      "requestOtp",
      "createToken",
      "endOtherSessions",
      "openAdminSession",
      "updateMe",
      "confirmEmail",
      "claimEmail",
      "undoEmail",
      "setPassword",
      "confirmPasswordReset",
      "updateUser",
      "setUserEmail",
      "confirmUserEmail",
      "cancelUserEmail",
      "endUserSessions",
      "mailer",
    ]);
  });

  it("are out of reach of registering, which writes three kinds [ASVS 13.2.2]", () => {
    const written = itemKinds.USERS_TABLE.filter((kind) =>
      writes.some((action) => may("createUser", action, keyOf(kind, "1"))),
    );
    expect(written).toEqual(["username", "pending", "registration"]);
    expect(may("createUser", "PutItem", "pending#1")).toBe(true);
    expect(may("createUser", "PutItem", "pending#1", "user#1")).toBe(false);
  });
});

describe("history", () => {
  const mayInHistory = mayOn(history);
  const doing = (key: string, ...actions: string[]) =>
    names.filter((name) => actions.some((action) => mayInHistory(name, action, key)));

  it("is read only by the person, and by staff", () => {
    const readers = ["getActivity", "exportMe", "listUserActivity", "exportUser"];
    expect(doing("person#1", "Query")).toEqual(expect.arrayContaining(readers));
    expect(doing("person#1", "GetItem", "BatchGetItem", "Scan")).toEqual([]);
  });

  it("of acts can't be changed, deleted or read by any function [ASVS 16.4.2]", () => {
    const actions = ["UpdateItem", "DeleteItem", "BatchWriteItem", "Query", "GetItem"];
    expect(doing("act#2026-11", ...actions)).toEqual([]);
  });
});

it("no function may scan, or use keys of an unknown kind", () => {
  for (const name of names)
    for (const action of [...writes, "GetItem", "BatchGetItem", "Query", "Scan", "PartiQLSelect"])
      expect([name, action, may(name, action, "other#1")]).toEqual([name, action, false]);
});

it("every statement on tables with kinds has the condition", () => {
  const documents = Object.values(stage.all("AWS::IAM::Policy")).map(
    ({ PolicyDocument }) => PolicyDocument as { Statement: Record<string, unknown>[] },
  );
  const onTables = documents
    .flatMap(({ Statement }) => Statement)
    .filter(({ Resource }) => /(?:Users|Limits|History)[0-9A-F]{8}Arn/.test(JSON.stringify(Resource)));
  const onIndexes = onTables.filter(({ Resource }) => JSON.stringify(Resource).includes("/index/"));
  expect(onIndexes).toHaveLength(1);
  const counting = onTables.filter(({ Action }) => Action === "dynamodb:DescribeTable");
  expect(counting).toHaveLength(1);
  expect(onTables.length).toBeGreaterThan(names.length);
  for (const statement of onTables.filter((one) => ![...onIndexes, ...counting].includes(one)))
    expect(statement["Condition"]).toEqual({
      "ForAllValues:StringLike": {
        "dynamodb:LeadingKeys": expect.arrayContaining([expect.stringMatching(/^[a-z-]+#\*$/)]),
      },
    });
});

it("the policies of each role stay below IAM's maximum of 10,240 characters", () => {
  const sizes = Object.values(stage.all("AWS::IAM::Policy")).map(
    ({ PolicyDocument }) => JSON.stringify(PolicyDocument).length,
  );
  // The rest is room for ARNs that are longer than the references to them.
  expect(Math.max(...sizes)).toBeLessThan(8_000);
});

describe("the bus of events", () => {
  const bus = arnOf("AWS::Events::EventBus", /^EventBus/);
  const put = (role: string) => policies.decide(role, { action: "events:PutEvents", resource: bus });

  it("takes events from one function only [ASVS 13.2.2]", () => {
    expect(bus).toMatch(/:event-bus\/lit-auth-dev$/);
    expect(put(roleOf("events"))).toBe("allowed");
    for (const name of names.filter((one) => one !== "events"))
      expect([name, put(roleOf(name))]).toEqual([name, "denied-by-resource"]);
  });

  it.each([
    "arn:aws:iam::000000000000:root",
    "arn:aws:iam::000000000000:role/Administrator",
    "arn:aws:iam::000000000000:role/lit-auth/dev/events-of-others/Role",
    "arn:aws:iam::000000000000:role/lit-auth/prod/events/Role",
  ])("denies %s, which may do everything", (principal) => {
    expect(put(principal)).toBe("denied-by-resource");
  });
});
