import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pseudonyms } from "../../../shared/identity/pseudonyms.ts";
import { expectRefused } from "../../support/assert/refusals.ts";
import { call } from "../../support/calls/api.ts";
import { json, startVerificationService } from "../../support/challenge/verification-service.ts";
import { limitsOf } from "../../support/limits/stack-limits.ts";
import { bounceOf, feed, presetLetters } from "../../support/mail/feedback.ts";
import { letterTo } from "../../support/mail/letters.ts";
import { newPerson, register } from "../../support/people/people.ts";
import { outputOf } from "../../support/stacks/stack-outputs.ts";
import { startTestStack, type TestStack } from "../../support/stacks/test-stack.ts";

describe("bounces with a challenge", () => {
  let stack: TestStack;
  let service: Awaited<ReturnType<typeof startVerificationService>>;
  beforeAll(async () => {
    service = await startVerificationService();
    service.answer(json({ success: true, hostname: "app.example.com", "error-codes": [] }));
    stack = await startTestStack({
      settings: {
        CHALLENGE_VERIFY_URL: service.url,
        CHALLENGE_HOSTNAMES: "app.example.com",
        CHALLENGE_FREE_PER_NETWORK_PER_HOUR: "1000",
      },
    });
    limitsOf(stack);
    const { url, region, accessKeyId, secretAccessKey } = stack.endpoint;
    const credentials = { accessKeyId, secretAccessKey };
    await new SecretsManagerClient({ endpoint: url, region, credentials }).send(
      new PutSecretValueCommand({
        SecretId: outputOf(stack, "ChallengeSecretArn"),
        SecretString: "0x4-the-key",
      }),
    );
  });
  afterAll(async () => {
    await stack.remove();
    await service.stop();
  });

  it("ask all registrations for it, instead of stopping them", async () => {
    expect((await call("createUser", newPerson())).status).toBe(201);
    const typo = await register(newPerson({ email: `${newPerson().username}@other.example` }));
    await presetLetters(stack, 900, 29);
    const recipient = await pseudonyms.ofAddress(typo.email);
    await feed(stack, bounceOf({ recipient, kind: "activation" }));
    const person = newPerson();
    expectRefused(await call("createUser", person), "challenge_required");
    expect((await call("createUser", { ...person, challenge_token: "0.token" })).status).toBe(201);
    await letterTo(person.email);
  });
});
