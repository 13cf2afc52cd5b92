import { join } from "node:path";
import { decodeProtectedHeader } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlesDirectory } from "../../infra/bundling/bundle-functions.ts";
import { call, succeed } from "../support/calls/api.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { codeTo } from "../support/mail/letters.ts";
import { startTestStack, type TestStack } from "../support/stacks/test-stack.ts";
import { activated, register, signedIn, signIn } from "../support/people/people.ts";
import { keySecretsOf } from "../support/calls/key-secrets.ts";

let stack: TestStack;
let secrets: ReturnType<typeof keySecretsOf>;
beforeAll(async () => {
  stack = await startTestStack();
  secrets = keySecretsOf(stack);
});
afterAll(() => stack.remove());

/** Forgets what these functions have in memory, as five minutes or a deployment would. */
const renew = (...functions: string[]) =>
  stack.replaceExecutionEnvironments(functions.map((name) => join(bundlesDirectory, name)));
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const publishedKids = async () => {
  renew("get-keys");
  return (await succeed("getKeys")).keys.map(({ kid }) => kid);
};

describe("rotating the signing keys", () => {
  it("signs with a key that was published before, and goes on publishing the one before it", async () => {
    const person = await activated();
    const before = await publishedKids();
    const { access: oldToken } = await signIn(person);
    await secrets.rotate("SigningKeys");
    renew("create-token");
    const { access: newToken } = await signIn(person, 2);
    expect(kidOf(newToken)).not.toBe(kidOf(oldToken));
    expect(before).toContain(kidOf(newToken));
    const after = await publishedKids();
    expect(after).toContain(kidOf(oldToken));
    expect(after).toHaveLength(3);
    for (const token of [oldToken, newToken]) await succeed("getMe", undefined, { token });
  });

  it("refuses no valid token in the middle of traffic", async () => {
    const people = await Promise.all([signedIn(), signedIn(), signedIn()]);
    const traffic = { going: true, answered: 0 };
    const users = people.map(async ({ access, refresh }) => {
      let tokens = { access, refresh };
      while (traffic.going) {
        await succeed("getMe", undefined, { token: tokens.access });
        await succeed("verifyToken", { token: tokens.refresh });
        tokens = await succeed("refreshToken", { refresh: tokens.refresh });
        traffic.answered += 3;
      }
    });
    const rotation = (async () => {
      for (const functions of [["refresh-token"], ["get-me", "verify-token"], ["refresh-token", "get-me"]]) {
        const from = traffic.answered;
        await secrets.rotate("SigningKeys");
        renew(...functions);
        while (traffic.answered < from + 15) await succeed("getKeys");
      }
    })();
    try {
      await Promise.race([rotation, ...users]);
      await rotation;
    } finally {
      traffic.going = false;
    }
    await Promise.all(users);
    expect(traffic.answered).toBeGreaterThan(45);
  });

  it("lets a function that has not heard of a key ask at once", async () => {
    const person = await activated();
    const { access } = await signIn(person);
    await succeed("verifyToken", { token: access });
    for (const _ of [1, 2]) await secrets.rotate("SigningKeys");
    renew("create-token");
    const { access: unheardOf } = await signIn(person, 2);
    await succeed("verifyToken", { token: unheardOf });
    await succeed("verifyToken", { token: access });
  });

  it("does not let made-up key ids flood Secrets Manager [ASVS 9.1.3]", async () => {
    const { access } = await signedIn();
    await succeed("verifyToken", { token: access });
    const [, payload, signature] = access.split(".");
    stack.resetCalls();
    const madeUp = Array.from({ length: 40 }, (_, index) => {
      const header = { alg: "RS256", typ: "at+jwt", kid: `made-up-${index}` };
      return `${Buffer.from(JSON.stringify(header)).toString("base64url")}.${payload}.${signature}`;
    });
    for (const token of madeUp) expectRefused(await call("verifyToken", { token }), "token_not_valid");
    const executionEnvironments = stack.processes().functions["VerifyToken"]?.length ?? 0;
    expect(stack.calls()["VerifyToken"]?.["secretsmanager:GetSecretValue"] ?? 0).toBeLessThanOrEqual(
      executionEnvironments,
    );
  });

  it("can repeat each of its steps", async () => {
    const ring = await secrets.read("SigningKeys");
    const SecretId = Object.entries(stack.outputs).find(([name]) => name.endsWith(".SigningKeysArn"))?.[1];
    const step = (Step: string) =>
      stack.invoke("RotateKeys", {
        SecretId,
        ClientRequestToken: "11111111-1111-4111-8111-111111111111",
        Step,
      });
    for (const name of [
      "createSecret",
      "createSecret",
      "setSecret",
      "createSecret",
      "setSecret",
      "testSecret",
    ])
      expect(await step(name)).not.toHaveProperty("error");
    expect(await secrets.read("SigningKeys")).toBe(ring);
    for (const name of ["finishSecret", "finishSecret"]) expect(await step(name)).not.toHaveProperty("error");
    const rotated = JSON.parse(await secrets.read("SigningKeys"));
    expect(rotated.current.kid).toBe(JSON.parse(ring).next.kid);
    expect(rotated.previous[0].kid).toBe(JSON.parse(ring).current.kid);
    expect(rotated.previous[0]).not.toHaveProperty("d");
  });

  it("keeps what was stored when the deployment's trigger runs again", async () => {
    const before = await secrets.read("SigningKeys");
    for (const _ of [1, 2]) expect(await stack.invoke("CreateKeys", {})).not.toHaveProperty("error");
    expect(await secrets.read("SigningKeys")).toBe(before);
  });
});

describe("rotating the digest keys", () => {
  it.each([[[]], [["mailer"]], [["activate-user"]], [["mailer", "activate-user"]]])(
    "kills no living code, when %j have read the new ring",
    async (renewed: string[]) => {
      const early = await register();
      const earlyCode = await codeTo(early.email);
      await secrets.rotate("Digest");
      renew(...renewed);
      const late = await register();
      await succeed("activateUser", { email: late.email, otp_code: await codeTo(late.email) });
      await succeed("activateUser", { email: early.email, otp_code: earlyCode });
      // The next round begins with everybody up to date.
      renew("mailer", "activate-user");
    },
  );
});
