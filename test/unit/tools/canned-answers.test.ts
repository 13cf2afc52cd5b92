import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createCannedAnswers } from "../../tools/bench/alone/canned-answers.ts";

const call = (target: string, parameters: unknown, service = "dynamodb") => ({
  service,
  target,
  body: JSON.stringify(parameters),
});
const answer = (body: unknown) => ({
  status: 200,
  contentType: "application/json",
  body: JSON.stringify(body),
});
const get = (pk: string, TableName = "users") =>
  call("DynamoDB_20120810.GetItem", { TableName, Key: { pk: { S: pk } } });

describe("canned answers", () => {
  const recorded = [
    { call: get("user#1"), answer: answer("user 1") },
    { call: get("email#1"), answer: answer("email 1") },
    { call: get("limit#1", "limits"), answer: answer("limit 1") },
  ];
  const bodyOf = (asked: Parameters<ReturnType<typeof createCannedAnswers>>[0]) =>
    createCannedAnswers(recorded)(asked)?.body;

  it("are those of the same item", () => {
    expect(bodyOf(get("email#1"))).toBe('"email 1"');
    expect(bodyOf(get("limit#1", "limits"))).toBe('"limit 1"');
  });

  it("are else those of the same kind of item, or table", () => {
    expect(bodyOf(get("email#new"))).toBe('"email 1"');
    expect(bodyOf(get("other#new", "limits"))).toBe('"limit 1"');
  });

  it("are missing for an operation that was not recorded", () => {
    expect(bodyOf(call("DynamoDB_20120810.PutItem", { TableName: "users" }))).toBeUndefined();
  });

  it("are those of the same version of a secret", () => {
    const read = (VersionStage: string) =>
      call("secretsmanager.GetSecretValue", { SecretId: "keys", VersionStage }, "secretsmanager");
    const stages = ["AWSPENDING", "AWSCURRENT"];
    const canned = createCannedAnswers(stages.map((stage) => ({ call: read(stage), answer: answer(stage) })));
    expect(stages.map((stage) => canned(read(stage))?.body)).toEqual(['"AWSPENDING"', '"AWSCURRENT"']);
  });

  it("carry the digest of the message that was sent", () => {
    const send = (MessageBody: string) => call("AmazonSQS.SendMessage", { MessageBody }, "sqs");
    const canned = createCannedAnswers([{ call: send("one"), answer: answer({ MessageId: "1" }) }]);
    expect(JSON.parse(canned(send("two"))?.body ?? "")).toEqual({
      MessageId: "1",
      MD5OfMessageBody: createHash("md5").update("two").digest("hex"),
    });
  });
});
