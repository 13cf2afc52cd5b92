import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { archiveApp } from "../../../infra/archive/archive-app.ts";
import { readSettings } from "../../../infra/settings/settings.ts";
import { requiredSettings } from "../synthesised.ts";
import { archiveArn, other, stage } from "./watched-stages.ts";

it("each function's security lines leave for the archive, if one is set", () => {
  const subscriptions = Object.values(other.all("AWS::Logs::SubscriptionFilter"));
  for (const one of subscriptions)
    expect(one).toMatchObject({
      DestinationArn: archiveArn,
      FilterPattern: '{ $.message = "security" }',
    });
  const functions = Object.values(other.all("AWS::Lambda::Function")).filter(
    ({ FunctionName }) => FunctionName !== undefined,
  );
  expect(subscriptions).toHaveLength(functions.length);
  expect(new Set(subscriptions.map(({ LogGroupName }) => JSON.stringify(LogGroupName))).size).toBe(
    functions.length,
  );
  expect(stage.all("AWS::Logs::SubscriptionFilter")).toEqual({});
});

it.each([
  "arn:aws:kinesis:us-east-1:111122223333:stream/a",
  "arn:aws:logs:us-east-1:1:destination:a",
  "archive",
])("the archive %s is refused", (arn) => {
  const texts = { ...requiredSettings, SECURITY_ARCHIVE_DESTINATION_ARN: arn };
  expect(() => readSettings(texts)).toThrow(/SECURITY_ARCHIVE_DESTINATION_ARN: use the ARN/);
});

it("the other account keeps lines that no one can delete", () => {
  const outdir = mkdtempSync(join(tmpdir(), "lit-auth-archive-"));
  try {
    // Fails at a finding of cdk-nag. CloudFormation's own validation takes seconds, at each synth.
    const options = { outdir, builtinCloudFormationValidation: false };
    archiveApp(["--source-account", "111122223333", "--days", "30"], options).synth();
    const text = readFileSync(join(outdir, "Archive.template.json"), "utf8");
    const { Resources } = JSON.parse(text) as {
      Resources: Record<
        string,
        { Type: string; DeletionPolicy?: string; Properties: Record<string, unknown> }
      >;
    };
    const ofType = (type: string) => Object.values(Resources).find(({ Type }) => Type === type);
    expect(ofType("AWS::S3::Bucket")).toMatchObject({
      DeletionPolicy: "Retain",
      Properties: {
        ObjectLockEnabled: true,
        ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: "COMPLIANCE", Days: 30 } } },
        VersioningConfiguration: { Status: "Enabled" },
      },
    });
    const policy = JSON.stringify(ofType("AWS::Logs::Destination")?.Properties["DestinationPolicy"]);
    expect(policy).toContain("logs:PutSubscriptionFilter");
    expect(policy).toContain(":iam::111122223333:root");
    expect(text).not.toMatch(/s3:(?:Delete|Bypass|PutObjectRetention|PutBucket)/);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

it.each([
  [[], /Name the account/],
  [["--source-account", "1234"], /12 digits/],
  [["--source-account", "111122223333", "--days", "0"], /--days must be/],
])("the archive with %j is refused", (parameters, message) => {
  expect(() => archiveApp(parameters)).toThrow(message);
});
