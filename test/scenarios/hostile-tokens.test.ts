import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { decodeJwt, SignJWT, type JWTPayload } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { call, succeed } from "../support/calls/api.ts";
import { expectRefused } from "../support/assert/refusals.ts";
import { logWith } from "../support/stacks/function-logs.ts";
import { codeTo, letterTo, lettersTo } from "../support/mail/letters.ts";
import { sharedStack } from "../support/stacks/test-stack.ts";
import { register, resetCode, signedIn } from "../support/people/people.ts";
import { presetSession, presetSignIn } from "../support/presets/presets.ts";
import { newPassword } from "../support/people/credentials.ts";
import { disableAccount } from "../support/people/disable-account.ts";
import { allLettersSent } from "../support/mail/mail-queue.ts";
import { keySecretsOf } from "../support/calls/key-secrets.ts";

type Header = Record<string, unknown> & { alg: string };

let stack: Awaited<ReturnType<typeof sharedStack>>;
let ours: KeyObject;
let kid: string;
let jwk: { n: string; e: string; kty: string };
let store: DynamoDBDocumentClient;
let person: Awaited<ReturnType<typeof signedIn>>;
let deviceToken: string;
beforeAll(async () => {
  stack = await sharedStack();
  const { url, region, ...credentials } = stack.endpoint;
  store = DynamoDBDocumentClient.from(new DynamoDBClient({ endpoint: url, region, credentials }));
  const { current } = JSON.parse(await keySecretsOf(stack).read("SigningKeys"));
  ours = createPrivateKey({ key: current, format: "jwk" });
  kid = current.kid;
  jwk = { kty: "RSA", n: current.n, e: current.e };
  person = await signedIn();
  const { email } = await register();
  const activation = await call("activateUser", { email, otp_code: await codeTo(email) });
  deviceToken = activation.headers.get("x-device-token") ?? "";
});

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const claims = (changes: JWTPayload = {}): JWTPayload => ({ ...decodeJwt(person.access), ...changes });

// Signs with our own key, so that only the content is wrong.
const signedByUs = (payload: JWTPayload, header: Partial<Header> = {}) =>
  new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid, typ: "at+jwt", ...header }).sign(ours);

const now = () => Math.floor(Date.now() / 1000);
const without = (claim: string) => {
  const { [claim]: _, ...rest } = claims();
  return rest;
};

const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
const strangersJwk = {
  ...stranger.publicKey.export({ format: "jwk" }),
  kid: "stranger",
  alg: "RS256",
  use: "sig",
};
const byStranger = (header: Partial<Header>) =>
  new SignJWT(claims())
    .setProtectedHeader({ alg: "RS256", typ: "at+jwt", ...header })
    .sign(stranger.privateKey);

const hmac = (secret: string | Buffer) => {
  const signed = `${part({ alg: "HS256", typ: "at+jwt", kid })}.${part(claims())}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
};
const pem = () => createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
const segments = () => person.access.split(".");

// Signs any text as the payload, also JSON that no serialiser writes.
const signedText = (payload: string) => {
  const signed = `${part({ alg: "RS256", kid, typ: "at+jwt" })}.${Buffer.from(payload).toString("base64url")}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), ours).toString("base64url")}`;
};

const corpus: [string, () => string | Promise<string>][] = [
  ["alg none, no signature", () => `${part({ alg: "none", typ: "at+jwt" })}.${part(claims())}.`],
  ["alg none in odd case", () => `${part({ alg: "nOnE", typ: "at+jwt", kid })}.${part(claims())}.`],
  ["HS256 with our public key as PEM", () => hmac(pem())],
  [
    "HS256 with our public key as DER",
    () => hmac(createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "der" })),
  ],
  ["HS256 with our modulus", () => hmac(Buffer.from(jwk.n, "base64url"))],
  ["another key under our kid", () => byStranger({ kid })],
  ["another key without a kid", () => byStranger({})],
  ["another key in a jwk header", () => byStranger({ kid: "stranger", jwk: strangersJwk })],
  ["a jku header", () => byStranger({ kid: "stranger", jku: "http://127.0.0.1:9/jwks.json" })],
  ["an x5u header", () => byStranger({ kid: "stranger", x5u: "http://127.0.0.1:9/cert.pem" })],
  [
    "an unknown critical header",
    () => {
      const signed = `${part({ alg: "RS256", kid, typ: "at+jwt", crit: ["exp2"], exp2: 1 })}.${part(claims())}`;
      return `${signed}.${segments()[2]}`;
    },
  ],
  ["expired", () => signedByUs(claims({ exp: now() - 1, iat: now() - 1000 }))],
  ["without an expiry", () => signedByUs(without("exp"))],
  ["not yet valid", () => signedByUs(claims({ nbf: now() + 3600 }))],
  ["another issuer", () => signedByUs(claims({ iss: "https://evil.example" }))],
  ["an issuer with an extra slash", () => signedByUs(claims({ iss: `${claims().iss}/` }))],
  ["another audience", () => signedByUs(claims({ aud: "another-service" }))],
  ["without an audience", () => signedByUs(without("aud"))],
  ["another token_type", () => signedByUs(claims({ token_type: "sliding" }))],
  [
    "a refresh token's claims under an access token's type",
    () => signedByUs(claims({ token_type: "refresh" })),
  ],
  ["an access token's claims under a refresh token's type", () => signedByUs(claims(), { typ: "rt+jwt" })],
  ["a plain JWT type", () => signedByUs(claims(), { typ: "JWT" })],
  ["a subject that is not its user_id", () => signedByUs(claims({ user_id: "somebody-else" }))],
  [
    "a session that does not exist",
    () => signedByUs(claims({ sid: "00000000-0000-4000-8000-000000000000" })),
  ],
  ["a user that does not exist", () => signedByUs(claims({ sub: "nobody", user_id: "nobody" }))],
  ["numbers for strings", () => signedByUs({ ...claims(), sid: 5 })],
  ["a list for a subject", () => signedText(JSON.stringify({ ...claims(), sub: [claims().sub] }))],
  ["an expiry that is text", () => signedText(JSON.stringify({ ...claims(), exp: String(now() + 600) }))],
  [
    "duplicate claims, the bad one last",
    () => signedText(JSON.stringify(claims()).replace(/}$/, ',"token_type":"refresh"}')),
  ],
  ["a payload that is no JSON", () => signedText("not json")],
  ["a payload that is a list", () => signedText("[]")],
  ["truncated", () => person.access.slice(0, -1)],
  ["without its signature", () => `${segments()[0]}.${segments()[1]}.`],
  ["padded", () => `${person.access}=`],
  ["followed by a null byte in base64url", () => `${person.access}AA`],
  ["doubled", () => `${person.access}.${person.access}`],
  ["five segments, as encrypted ones have", () => `${person.access}.a.b`],
  [
    "a signature of zeros",
    () => `${segments()[0]}.${segments()[1]}.${Buffer.alloc(256).toString("base64url")}`,
  ],
  [
    "a signature one bit off",
    () => {
      const bytes = Buffer.from(segments()[2] ?? "", "base64url");
      bytes[0]! ^= 1;
      return `${segments()[0]}.${segments()[1]}.${bytes.toString("base64url")}`;
    },
  ],
  [
    "standard base64 in the signature",
    () =>
      `${segments()[0]}.${segments()[1]}.${Buffer.from(segments()[2] ?? "", "base64url").toString("base64")}`,
  ],
  ["a device token", () => deviceToken],
  ["60 KB of noise", () => randomBytes(45_000).toString("base64url")],
  [
    "60 KB in the header",
    () => `${part({ alg: "RS256", kid, pad: "x".repeat(40_000) })}.${segments()[1]}.${segments()[2]}`,
  ],
];

describe("hostile token", () => {
  it.each(corpus)(
    "is refused: %s [ASVS 7.2.1, 9.1.1, 9.1.2, 9.1.3, 9.2.1, 9.2.2, 9.2.3]",
    async (_, make) => {
      const token = await make();
      expectRefused(await call("verifyToken", { token }), "token_not_valid");
      expectRefused(await call("refreshToken", { refresh: token }), "token_not_valid");
      // API Gateway itself refuses longer headers.
      const answer = token.length < 8000 ? await call("getMe", undefined, { token }) : undefined;
      if (answer) expect([401]).toContain(answer.status);
    },
  );

  it("is refused when access and refresh are swapped [ASVS 9.2.2]", async () => {
    expectRefused(await call("getMe", undefined, { token: person.refresh }), "token_not_valid");
    expectRefused(await call("refreshToken", { refresh: person.access }), "token_not_valid");
  });

  it("gets 413 without any AWS call at 100 KB", async () => {
    stack.resetCalls();
    expectRefused(await call("verifyToken", { token: "x".repeat(100_000) }), "request_too_large");
    // The poller calls the queue all the time.
    const { Mailer: _, MailerPoller: __, ...functions } = stack.calls();
    expect(functions).toEqual({});
  });

  it("is refused for its flaw only: without it, the token passes [ASVS 9.1.1]", async () => {
    await succeed("verifyToken", { token: await signedByUs(claims()) });
    await succeed("verifyToken", { token: signedText(JSON.stringify(claims())) });
    await succeed("getMe", undefined, { token: person.access });
    expect(deviceToken).toMatch(/^[\w-]{22}\.\d+\.[\w-]{43}$/);
  });
});

// Moves the last rotation `seconds` into the past.
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

type Owner = Awaited<ReturnType<typeof presetSession>> & { current: string };

/** Returns the ids of the sessions that ended by a replay, as the log says. */
const replaysOf = (log: string, userId: string) =>
  log
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter((line) => line.event === "session_replayed" && line.userId === userId)
    .map(({ sessionId }) => sessionId);

describe("replaced refresh token", () => {
  const ends: [string, (owner: Owner) => Promise<unknown>][] = [
    [
      "a reset",
      async ({ email }) => {
        const body = { email, otp_code: await resetCode({ email }, 0), new_password: newPassword() };
        await succeed("confirmPasswordReset", body);
      },
    ],
    [
      "a change of password on another device",
      async (owner) => {
        const { access: token } = await presetSignIn(stack, owner);
        const body = { current_password: owner.password, new_password: newPassword() };
        await succeed("setPassword", body, { token });
      },
    ],
    ["a sign-out", ({ current }) => succeed("logout", { refresh: current })],
    ["a deactivation", ({ id }) => disableAccount(stack, id)],
  ];
  it.each(ends)("of a session that ended by %s is no replay", async (_, end) => {
    const [owner, other] = [await presetSession(stack), await presetSession(stack)];
    const { refresh: current } = await succeed("refreshToken", { refresh: owner.refresh });
    await age(owner.refresh, 31);
    await end({ ...owner, current });
    await allLettersSent(stack);
    const letters = (await lettersTo(owner.email)).length;
    for (const refresh of [owner.refresh, current])
      expectRefused(await call("refreshToken", { refresh }), "token_not_valid");

    // A real replay of someone else shows that log and letters have arrived.
    await succeed("refreshToken", { refresh: other.refresh });
    await age(other.refresh, 31);
    expectRefused(await call("refreshToken", { refresh: other.refresh }), "token_not_valid");
    await letterTo(other.email);
    const { log } = await logWith(stack, "RefreshToken", ['"session_replayed"', other.id]);
    expect(replaysOf(log, other.id)).toHaveLength(1);
    expect(replaysOf(log, owner.id)).toEqual([]);
    await allLettersSent(stack);
    expect(await lettersTo(owner.email)).toHaveLength(letters);
  });

  it("ends its session after the grace period and notifies the owner", async () => {
    const person = await presetSession(stack);
    const { refresh, access } = await succeed("refreshToken", { refresh: person.refresh });
    await age(person.refresh, 31);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => call("refreshToken", { refresh: person.refresh })),
    );
    for (const answer of answers) expectRefused(answer, "token_not_valid");
    expectRefused(await call("refreshToken", { refresh }), "token_not_valid");
    expectRefused(await call("getMe", undefined, { token: access }), "token_not_valid");

    const { Subject, Body } = await letterTo(person.email);
    expect(Subject).toContain("one of your sessions was ended");
    expect(Body.text_part).not.toMatch(/https?:/);
    const { log } = await logWith(stack, "RefreshToken", ['"session_replayed"', person.id]);
    expect(replaysOf(log, person.id)).toEqual([decodeJwt(refresh)["sid"]]);
    expect(await lettersTo(person.email)).toHaveLength(1);
  });
});
