import { describe, expect, it } from "vitest";
import { grants } from "../../../infra/grants/grants.ts";
import { listIndexes } from "../../../shared/store/list-indexes.ts";
import { synthesiseStage } from "../synthesised.ts";

const dev = synthesiseStage();
const prod = synthesiseStage({ STAGE: "prod", PSEUDONYM_SECRET_COPY_REGION: "eu-west-1" });

const table = "AWS::DynamoDB::Table";
const queue = "AWS::SQS::Queue";
const secret = "AWS::SecretsManager::Secret";

describe("tables", () => {
  it.each([
    ["Users", ["pk"]],
    ["Sessions", ["userId", "sessionId"]],
    ["Limits", ["pk"]],
    ["History", ["pk", "place"]],
  ])("%s is on demand, encrypted, recoverable and expires items by expiresAt [ASVS 14.2.4]", (name, keys) => {
    const { Properties } = dev.one(table, name);
    expect(Properties).toMatchObject({
      BillingMode: "PAY_PER_REQUEST",
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
      KeySchema: keys.map((AttributeName, index) => ({
        AttributeName,
        KeyType: index === 0 ? "HASH" : "RANGE",
      })),
    });
  });

  it("have list indexes with keys, id, state and expiry only", () => {
    const held = Object.values(listIndexes).flatMap(({ projected }): readonly string[] => projected);
    expect([...new Set(held)].toSorted()).toEqual(["expiresAt", "id", "status"]);
    // CloudFormation can't change what an index holds, so it holds only what never needs to change.
    const indexes = dev.one(table, "Users").Properties?.["GlobalSecondaryIndexes"];
    expect(indexes).toEqual(
      Object.entries(listIndexes).map(([IndexName, { partition, sort, projected }]) => ({
        IndexName,
        KeySchema: [
          { AttributeName: partition, KeyType: "HASH" },
          { AttributeName: sort, KeyType: "RANGE" },
        ],
        Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: projected },
      })),
    );
  });

  it("are retained, like secrets, and refuse deletion in prod only", () => {
    for (const name of ["Users", "Sessions", "Limits", "History"]) {
      expect(prod.one(table, name)).toMatchObject({
        DeletionPolicy: "RetainExceptOnCreate",
        Properties: { DeletionProtectionEnabled: true },
      });
      expect(dev.one(table, name)).toMatchObject({
        DeletionPolicy: "Delete",
        Properties: { DeletionProtectionEnabled: false },
      });
    }
    for (const name of ["KeySecret", "DeviceSecret", "DigestKeys", "SigningKeys", "VerificationKeys"]) {
      expect(prod.one(secret, name)["DeletionPolicy"]).toBe("RetainExceptOnCreate");
      expect(dev.one(secret, name)["DeletionPolicy"]).toBe("Delete");
    }
  });
});

describe("mail queues", () => {
  it.each([
    ["Mail", "MailDeadLetters"],
    ["Notices", "NoticeDeadLetters"],
  ])("%s hides received orders, and moves them to %s after five receives", (name, deadLetters) => {
    expect(dev.one(queue, name).Properties).toMatchObject({
      VisibilityTimeout: 6 * grants.mailer.timeoutSeconds,
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { maxReceiveCount: 5 },
    });
    const { RedrivePolicy } = dev.one(queue, name).Properties ?? {};
    expect(JSON.stringify(RedrivePolicy)).toMatch(new RegExp(`"${deadLetters}[0-9A-F]{8}"`));
    expect(dev.one(queue, name).Properties).not.toHaveProperty("FifoQueue");
    expect(dev.one(queue, deadLetters).Properties).toMatchObject({
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
    });
  });

  it("refuse calls without TLS, as do their dead letter queues", () => {
    for (const name of ["MailPolicy", "MailDeadLettersPolicy", "NoticesPolicy", "NoticeDeadLettersPolicy"])
      expect(dev.one("AWS::SQS::QueuePolicy", name).Properties).toMatchObject({
        PolicyDocument: {
          Statement: [{ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }],
        },
      });
  });
});

it("AWS generates two secrets, and key rings start empty [ASVS 13.3.1]", () => {
  for (const name of ["KeySecret", "DeviceSecret"])
    expect(dev.one(secret, name).Properties).toMatchObject({
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
    });
  for (const name of ["DigestKeys", "SigningKeys", "VerificationKeys"])
    expect(Object.keys(dev.one(secret, name).Properties ?? {})).toEqual(["Description"]);
});

// A fixed name would stop a deployment that follows a lost stage, because the log is retained.
it("the operators' log has a generated name and the retention of others", () => {
  expect(prod.one("AWS::Logs::LogGroup", "Operators").Properties).toEqual({ RetentionInDays: 60 });
});

it("the pseudonym secret has a copy elsewhere only by setting", () => {
  expect(prod.one(secret, "KeySecret").Properties?.["ReplicaRegions"]).toEqual([{ Region: "eu-west-1" }]);
  expect(JSON.stringify(dev.stacks)).not.toContain("ReplicaRegions");
});
