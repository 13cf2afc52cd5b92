import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "../../support/calls/commands.ts";
import { keySecretsOf } from "../../support/calls/key-secrets.ts";
import { newPassword, newUsername } from "../../support/people/credentials.ts";
import { signedIn } from "../../support/people/people.ts";
import { outputOf } from "../../support/stacks/stack-outputs.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.remove());

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
