// Tests what an execution environment does before its first call, and the keys of a run.
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { call } from "../../support/calls/api.ts";
import { runCommand } from "../../support/calls/commands.ts";
import { keySecretsOf } from "../../support/calls/key-secrets.ts";
import { newPassword, newUsername } from "../../support/people/credentials.ts";
import { signedIn } from "../../support/people/people.ts";
import { outputOf } from "../../support/stacks/stack-outputs.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";

let stack: TestStack;
let token: string;
beforeAll(async () => {
  stack = await startTestStack();
  ({ access: token } = await signedIn());
});
afterEach(() => stack.faults.clear());
afterAll(() => stack.remove());

const callsOf = (principal: string) => ({ ...stack.calls()[principal] });
const noSecret = {
  principal: "GetMe",
  operation: "GetSecretValue",
  error: { code: "AccessDeniedException", status: 400 },
};
const getMe = () => call("getMe", undefined, { token });

describe("init phase", () => {
  it("reads the secrets, and the call only the table", async () => {
    stack.replaceExecutionEnvironments();
    const before = callsOf("GetMe");
    expect((await getMe()).status).toBe(200);
    const made = Object.entries(callsOf("GetMe")).map(([name, count]) => [name, count - (before[name] ?? 0)]);
    expect(Object.fromEntries(made)).toEqual({
      "secretsmanager:GetSecretValue": 1,
      "dynamodb:BatchGetItem": 1,
    });
  });

  it("leaves a read that fails to the first call, which succeeds", async () => {
    stack.replaceExecutionEnvironments();
    const fault = stack.faults.add(noSecret);
    expect((await getMe()).status).toBe(200);
    expect(fault.struck()).toBe(1);
  });

  it("can fail for good: each call is answered, by the same process", async () => {
    stack.replaceExecutionEnvironments();
    const fault = stack.faults.add({ ...noSecret, times: 1000 });
    const first = await getMe();
    const [pid] = stack.processes().functions["GetMe"] ?? [];
    const second = await getMe();
    expect([first.status, second.status]).toEqual([500, 500]);
    expect(first.body).toMatchObject({ code: "unexpected_failure" });
    expect(fault.struck()).toBe(3);
    fault.remove();
    expect((await getMe()).status).toBe(200);
    expect(stack.processes().functions["GetMe"]).toEqual([pid]);
  });
});

const signingKeysWith = (accessKeyId: string) =>
  new SecretsManagerClient({
    endpoint: stack.endpoint.url,
    region: stack.endpoint.region,
    credentials: { accessKeyId, secretAccessKey: stack.endpoint.secretAccessKey },
  }).send(new GetSecretValueCommand({ SecretId: outputOf(stack, "SigningKeysArn") }));

describe("access keys of a run", () => {
  it.each(["LOCALRunner", "LOCALCreateToken", "LOCALRefreshToken", "test", "AKIAIOSFODNN7EXAMPLE"])(
    "the signing key is not given to %s [ASVS 13.2.3]",
    async (guessed) => {
      await expect(signingKeysWith(guessed)).rejects.toMatchObject({ name: "UnrecognizedClientException" });
    },
  );

  it("operators' commands find the key in the folder of the stack", async () => {
    const username = newUsername();
    const options = ["--email", `${username}@example.com`, "--username", username];
    const { code, stderr } = await runCommand("create-admin", options, {
      folder: stack.folder,
      input: `${newPassword()}\n`,
    });
    expect({ code, stderr }).toMatchObject({ code: 0 });
  });

  it("no log holds a key", async () => {
    await signedIn();
    const names = ["Runner", "CreateUser", "CreateToken", "Mailer", "MailerPoller"];
    const keys = names.map((name) => stack.accessKeyIdOf(name));
    expect(new Set(keys).size).toBe(names.length);
    expect(await keySecretsOf(stack).read("SigningKeys")).toContain("kid");
    const folder = join(stack.dataDirectory, "logs");
    const logs = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
    expect(logs.length).toBeGreaterThan(5);
    for (const key of keys) expect(logs.some((log) => log.includes(key ?? "none"))).toBe(false);
  });
});
