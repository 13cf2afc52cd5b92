import { describe, expect, it } from "vitest";
import { parseConditions, type Context } from "../../../infra/local/aws-endpoint/policy-conditions.ts";

const holds = (condition: Record<string, unknown>, context: Context = {}) =>
  parseConditions(condition).every((one) => one(context));

const keys = (...values: string[]): Context => ({ "dynamodb:LeadingKeys": values });
const principal = (arn: string): Context => ({ "aws:PrincipalArn": [arn] });
const onlyUsers = { "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["user#*", "email#*"] } };

describe("policy conditions", () => {
  it("need every key to match one of the patterns", () => {
    expect(holds(onlyUsers, keys("user#1"))).toBe(true);
    expect(holds(onlyUsers, keys("user#1", "email#2"))).toBe(true);
    expect(holds(onlyUsers, keys("user#1", "undo#2"))).toBe(false);
    expect(holds(onlyUsers, keys(""))).toBe(false);
  });

  it("hold for all values if there is none, as on AWS", () => {
    expect(holds(onlyUsers)).toBe(true);
    expect(holds(onlyUsers, keys())).toBe(true);
  });

  it("are true for an absent key only if they are negated", () => {
    expect(holds({ StringEquals: { "ses:FromAddress": "a@example.com" } })).toBe(false);
    expect(holds({ ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::1:role/a" } })).toBe(true);
  });

  it("compare ARNs part by part", () => {
    const pattern = {
      ArnNotLike: { "aws:PrincipalArn": ["arn:aws:iam::1:role/a/*", "arn:aws:iam::1:root"] },
    };
    expect(holds(pattern, principal("arn:aws:iam::1:role/a/b"))).toBe(false);
    expect(holds(pattern, principal("arn:aws:iam::1:root"))).toBe(false);
    expect(holds(pattern, principal("arn:aws:iam::1:role/ab/c"))).toBe(true);
    expect(holds(pattern, principal("arn:aws:iam::2:role/a/b"))).toBe(true);
    const wide = { ArnLike: { "aws:PrincipalArn": "arn:*:role/a" } };
    expect(holds(wide, principal("arn:aws:iam::1:role/a"))).toBe(false);
  });

  it.each([
    ["an unknown operator", { NumericLessThan: { "aws:SecureTransport": "1" } }],
    ["an unknown qualifier", { "ForAnyValue:StringLike": { "dynamodb:LeadingKeys": "user#*" } }],
    ["an operator for one value", { StringLike: { "dynamodb:LeadingKeys": "user#*" } }],
    ["an operator for several values", { "ForAllValues:StringLike": { "ses:FromAddress": "*" } }],
    ["an unknown key", { StringEquals: { "aws:SourceIp": "192.0.2.1" } }],
    ["an attribute condition", { "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk"] } }],
  ])("stop the start at %s, which they name", (_, condition) => {
    const [[operator, on]] = Object.entries(condition) as [[string, object]];
    expect(() => parseConditions(condition)).toThrow(
      `the condition ${operator} on ${Object.keys(on)[0]} is not supported locally`,
    );
  });
});
