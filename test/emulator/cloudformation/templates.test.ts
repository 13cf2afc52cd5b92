import { describe, expect, it } from "vitest";
import { loadTemplates } from "../../../infra/local/cloudformation/templates.ts";

const valueOf = (value: unknown, more: Record<string, unknown> = {}) => {
  const template = {
    Parameters: { Size: { Default: "large" } },
    Resources: {
      Table: { Type: "AWS::DynamoDB::Table", Properties: {} },
      Tested: { Type: "Test", Properties: { value } },
      ...more,
    },
  };
  const other = {
    Outputs: { Shared: { Value: { "Fn::Join": ["-", ["a", "b"]] }, Export: { Name: "other:Shared" } } },
  };
  const stacks = [
    { stackName: "main", template },
    { stackName: "other", template: other },
  ];
  return loadTemplates(stacks, "http://127.0.0.1:1").ofType("Test")[0]?.properties()["value"];
};

describe("template loader", () => {
  it.each<[unknown, unknown]>([
    [{ Ref: "AWS::Region" }, "us-east-1"],
    [{ Ref: "Size" }, "large"],
    [{ Ref: "Table" }, "main-Table"],
    [{ "Fn::GetAtt": ["Table", "Arn"] }, "arn:aws:dynamodb:us-east-1:000000000000:table/main-Table"],
    [{ "Fn::GetAtt": "Table.Arn" }, "arn:aws:dynamodb:us-east-1:000000000000:table/main-Table"],
    [{ "Fn::Join": ["/", ["a", { Ref: "Size" }]] }, "a/large"],
    [{ "Fn::Select": ["1", { "Fn::Split": [":", "a:b:c"] }] }, "b"],
    [
      { "Fn::Sub": "${AWS::Partition}-${Table}-${Table.Arn}-${!kept}" },
      "aws-main-Table-arn:aws:dynamodb:us-east-1:000000000000:table/main-Table-${kept}",
    ],
    [{ "Fn::Sub": ["${own}", { own: { Ref: "Size" } }] }, "large"],
    [{ "Fn::ImportValue": "other:Shared" }, "a-b"],
    [{ nested: [{ Ref: "Size" }, { Ref: "AWS::NoValue" }] }, { nested: ["large"] }],
  ])("resolves %j to %j", (value, expected) => {
    expect(valueOf(value)).toEqual(expected);
  });

  it.each<[unknown, string]>([
    [{ "Fn::Cidr": ["10.0.0.0/16", 1] }, "intrinsic Fn::Cidr is not supported locally"],
    [{ Ref: "Nothing" }, "there is no resource Nothing"],
    [{ "Fn::GetAtt": ["Table", "StreamArn"] }, "Table has no attribute StreamArn locally"],
    [{ "Fn::ImportValue": "other:Nothing" }, "no stack exports other:Nothing"],
    ["{{resolve:ssm:name}}", "dynamic references are not supported locally"],
  ])("refuses %j", (value, message) => {
    expect(() => valueOf(value)).toThrow(message);
  });

  it("refuses a Ref to a resource type that it doesn't know", () => {
    expect(() => valueOf({ Ref: "Odd" }, { Odd: { Type: "AWS::Odd::Thing" } })).toThrow("AWS::Odd::Thing");
  });
});
