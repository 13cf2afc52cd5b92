import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { call, succeed, type Answer } from "../support/api.ts";
import { wrongCode } from "../support/codes.ts";
import { comparable, expectRefused } from "../support/expect.ts";
import { codeTo, letterTo, lettersTo } from "../support/mailbox.ts";
import { startOwnStack, type OwnStack } from "../support/own-stack.ts";
import { activated, loginCode, newPerson, register, signedIn } from "../support/people.ts";

let stack: OwnStack;
let store: DynamoDBDocumentClient;
beforeAll(async () => {
  stack = await startOwnStack();
  const { url, region, accessKeyId, secretAccessKey } = stack.endpoint;
  const credentials = { accessKeyId, secretAccessKey };
  store = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: url, region, credentials }));
});
afterAll(() => stack.remove());

const disable = async (userId: string) => {
  const table = Object.entries(stack.outputs).find(([name]) => name.includes("Users"))?.[1];
  await store.send(
    new UpdateCommand({
      TableName: table,
      Key: { pk: `user#${userId}` },
      UpdateExpression: "SET #status = :disabled",
      ExpressionAttributeNames: { "#status": "status" },
      ExpressionAttributeValues: { ":disabled": "disabled" },
    }),
  );
};

describe("a disabled account", () => {
  it("gets no code, no token and no answer to the ones it has", async () => {
    const person = await signedIn();
    const otp_code = await loginCode(person, 2);
    await disable(person.id);
    expectRefused(await call("createToken", { email: person.email, otp_code }), "sign_in_refused");
    expectRefused(
      await call("requestOtp", { email: person.email, password: person.password }),
      "no_active_account",
    );
    expectRefused(await call("getMe", undefined, { token: person.access }), "user_inactive");
    for (const token of [person.access, person.refresh])
      expectRefused(await call("verifyToken", { token }), "token_not_valid");
    expectRefused(await call("refreshToken", { refresh: person.refresh }), "token_not_valid");
  });

  it("cannot come back by registering again", async () => {
    const person = await signedIn();
    await disable(person.id);
    const again = await register(newPerson({ email: person.email }));
    const { Subject } = await letterTo(person.email, 3);
    expect(Subject).toContain("already have an account");
    await succeed("requestOtp", { email: again.email, password: again.password });
    expect((await letterTo(person.email, 4)).Subject).toContain("already have an account");
  });
});

describe("known and unknown", () => {
  const callsOf = async (work: () => Promise<Answer>) => {
    stack.resetCalls();
    const answer = await work();
    const { Mailer: _, MailerPoller: __, ...functions } = stack.calls();
    return { answer: comparable(answer), functions };
  };

  it("cost the same calls and get the same answers", async () => {
    const known = await activated();
    const pending = await register();
    const stranger = newPerson();
    const code = "135 790";
    const password = "Not-The-Password-1";
    const attempts = (email: string): (() => Promise<Answer>)[] => [
      () => call("activateUser", { email, otp_code: code }),
      () => call("createToken", { email, otp_code: code }),
      () => call("requestOtp", { email, password }),
    ];
    for (const attempt of attempts(newPerson().email)) await attempt();
    const seen = async (email: string) => {
      const list = [];
      for (const attempt of attempts(email)) list.push(await callsOf(attempt));
      return list;
    };
    const ofStranger = await seen(stranger.email);
    expect(await seen(known.email)).toEqual(ofStranger);
    expect(await seen(pending.email)).toEqual(ofStranger);
  });

  it("cost the same calls when registering, and when asking with the password just registered", async () => {
    const known = await activated();
    const newcomer = newPerson();
    const sequence = async (email: string) => {
      const person = newPerson({ email });
      const list = [];
      for (const work of [
        () => call("createUser", person),
        () => call("requestOtp", { email, password: person.password }),
        () => call("createUser", { ...person, username: newPerson().username }),
        () => call("requestOtp", { email, password: person.password }),
        () => call("activateUser", { email, otp_code: wrongCode("000000") }),
        () => call("requestOtp", { email, password: "Not-The-Password-1" }),
      ]) {
        const { answer, functions } = await callsOf(work);
        list.push({
          functions,
          status: answer.status,
          headers: answer.headers,
          members: answer.body?.match(/"\w+":/g),
        });
      }
      return list;
    };
    expect(await sequence(known.email)).toEqual(await sequence(newcomer.email));
  });
});

describe("what lies on the disk", () => {
  it("holds no password, and no code but in the letters", async () => {
    const person = newPerson();
    await register(person);
    const code = await codeTo(person.email);
    const folders = readdirSync(stack.dataDirectory).filter((name) => name !== "emails");
    const files = folders.flatMap((folder) => {
      const path = join(stack.dataDirectory, folder);
      if (!statSync(path).isDirectory()) return [path];
      return readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
    });
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const content = readFileSync(file).toString("latin1");
      expect(content.includes(person.password), file).toBe(false);
      expect(content.includes(code), file).toBe(false);
      expect(content.includes(`"${code.replace(" ", "")}"`), file).toBe(false);
    }
    expect(await lettersTo(person.email)).toHaveLength(1);
  });
});
