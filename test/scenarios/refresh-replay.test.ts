import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { logWith } from "../support/stacks/function-logs.ts";
import { letterTo, lettersTo } from "../support/mail/letters.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { signedIn } from "../support/people/people.ts";

let stack: TestStack;
let store: DynamoDBDocumentClient;
beforeAll(async () => {
  stack = await startTestStack();
  const { url, region, ...credentials } = stack.endpoint;
  store = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: url, region, credentials }));
});
afterAll(() => stack.remove());

/** As if the last rotation had been `seconds` earlier. */
const age = async (refresh: string, seconds: number) => {
  const { sub: userId, sid: sessionId } = decodeJwt(refresh);
  const table = Object.entries(stack.outputs).find(([name]) => name.endsWith(".SessionsTable"))?.[1];
  await store.send(
    new UpdateCommand({
      TableName: table,
      Key: { userId, sessionId },
      UpdateExpression: "SET rotatedAt = rotatedAt - :seconds",
      ExpressionAttributeValues: { ":seconds": seconds },
    }),
  );
};

describe("a refresh token that was replaced and comes back", () => {
  it("ends the session after the grace period, writes one security line and tells the owner once", async () => {
    const person = await signedIn();
    const { refresh, access } = await succeed("refreshToken", { refresh: person.refresh });
    await age(person.refresh, 31);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => call("refreshToken", { refresh: person.refresh })),
    );
    for (const answer of answers) expectRefused(answer, "token_not_valid");
    expectRefused(await call("refreshToken", { refresh }), "token_not_valid");
    expectRefused(await call("getMe", undefined, { token: access }), "token_not_valid");

    const { Subject, Body } = await letterTo(person.email, 3);
    expect(Subject).toContain("one of your sessions was ended");
    expect(Body.text_part).not.toMatch(/https?:/);
    const { log } = await logWith(stack, "RefreshToken", ['"session_replayed"']);
    const lines = log
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === "session_replayed");
    expect(lines).toEqual([
      expect.objectContaining({ userId: person.id, sessionId: decodeJwt(refresh)["sid"] }),
    ]);
    expect(await lettersTo(person.email)).toHaveLength(3);
  });

  it("gets the current pair again when the answer of the last refresh was lost", async () => {
    const person = await signedIn();
    const fault = stack.faults.add({ principal: "RefreshToken", operation: "UpdateItem", lostAnswer: true });
    const first = await succeed("refreshToken", { refresh: person.refresh });
    expect(fault.struck()).toBe(1);
    const retried = await succeed("refreshToken", { refresh: person.refresh });
    expect(retried.refresh).toBe(first.refresh);
    await succeed("getMe", undefined, { token: retried.access });
  });
});
