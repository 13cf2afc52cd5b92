// What the bench of cold starts works with: variables, secrets, an account with a session, and an
// event for each operation, made of the examples in the contract.
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { grants, operationSettings } from "../../../../infra/grants/grants.ts";
import type { FunctionName, Grant } from "../../../../infra/grants/grant.ts";
import { contract } from "../../../../shared/contract/contract.ts";
import type { Operation } from "../../../../shared/contract/operation.ts";
import { createDigestKeys } from "../../../../shared/keys/digest-keys.ts";
import { createSigningKeys, publicKeySet } from "../../../../shared/keys/signing-keys.ts";
import { hashPassword } from "../../../../shared/passwords/password-hash.ts";
import { tokenSigner } from "../../../../shared/sessions/tokens.ts";
import { proxyEvent } from "../../../support/calls/proxy-event.ts";
import { itemOf, type Canned } from "./canned-aws.ts";

const password = "correct horse battery staple";

const settings: Record<string, string> = {
  PUBLIC_URL: "https://auth.example.com",
  TOKEN_AUDIENCE: "cold",
  ALLOWED_ORIGINS: "*",
  PRODUCT_NAME: "Cold",
  MAIL_FROM: "no-reply@example.com",
  OTP_LIFETIME_SECONDS: "600",
  REFUSAL_FLOOR_MILLISECONDS: "0",
  PWNED_PASSWORDS_URL: "off",
  CHALLENGE_VERIFY_URL: "off",
  CHALLENGE_HOSTNAMES: "auth.example.com",
  CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER: "refuse",
};

const secretIdOf = (variable: string) => `secret:${variable}`;

export const variablesOf = (name: FunctionName, endpointUrl: string): Record<string, string> => {
  const grant: Grant = grants[name];
  const resources = Object.keys(grant).filter((key) => key === key.toUpperCase());
  const told = [...resources, ...(grant.settings ?? []), ...operationSettings];
  const valueOf = (variable: string) => {
    // The SDK sends messages to the host of the queue's URL.
    if (variable === "MAIL_QUEUE_URL") return `${endpointUrl}/123456789012/mail`;
    if (variable.endsWith("_ID")) return secretIdOf(variable);
    return variable.endsWith("_TABLE") ? variable : "300";
  };
  return Object.fromEntries(told.map((variable) => [variable, settings[variable] ?? valueOf(variable)]));
};

const userId = randomUUID();
const sessionId = randomUUID();

const makeAccount = async () => {
  const now = Math.floor(Date.now() / 1000);
  const session = {
    userId,
    sessionId,
    sessionEpoch: 0,
    jti: "0123456789abcdef0123456789abcdef",
    issuedAt: now,
    expiresAt: now + 86_400,
    createdAt: now,
    deviceLabel: "Firefox on Linux",
  };
  const user = {
    id: userId,
    username: "ada",
    usernameKey: "ada",
    email: "ada@example.com",
    addressKey: "address",
    firstName: "Ada",
    lastName: "Lovelace",
    passwordHash: await hashPassword(password),
    createdAt: now - 86_400,
    status: "active",
    isStaff: true,
    sessionEpoch: 0,
  };
  const rings = await createSigningKeys();
  const secrets = {
    [secretIdOf("PSEUDONYM_SECRET_ID")]: "a secret behind pseudonyms",
    [secretIdOf("DEVICE_SECRET_ID")]: "a secret behind device tokens",
    [secretIdOf("CHALLENGE_SECRET_ID")]: "a secret of the challenge",
    [secretIdOf("DIGEST_SECRET_ID")]: JSON.stringify(createDigestKeys()),
    [secretIdOf("SIGNING_KEYS_ID")]: JSON.stringify(rings),
    [secretIdOf("VERIFICATION_KEYS_ID")]: JSON.stringify(publicKeySet(rings)),
  };
  return { session, user, secrets };
};

/** The answers of the canned endpoint, and the event that each operation is called with. */
export const coldAccount = async (): Promise<{
  canned: Canned;
  eventFor: (name: FunctionName) => string;
}> => {
  const { session, user, secrets } = await makeAccount();
  Object.assign(process.env, { ...settings, SIGNING_KEYS_ID: secretIdOf("SIGNING_KEYS_ID") });
  process.env["ACCESS_TOKEN_LIFETIME_SECONDS"] = "900";
  const read = async (id: string) => secrets[id] ?? "";
  const { access, refresh } = await tokenSigner(undefined, read).pair(session);
  const pointer = itemOf({ userId, deviceGeneration: "0" });
  const canned: Canned = { secrets, items: { user: itemOf(user), email: pointer }, session: itemOf(session) };

  const bodyFor = (body: z.ZodObject): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(body.shape).map(([field, schema]) => {
        const { examples = [] } = z.toJSONSchema(schema, { io: "input" });
        return [field, field === "refresh" || field === "token" ? refresh : examples[0]];
      }),
    );

  const eventFor = (name: FunctionName): string => {
    if (!(name in contract)) return "";
    const { body }: Operation = contract[name as keyof typeof contract];
    return JSON.stringify(
      proxyEvent({
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${access}` },
        pathParameters: { id: sessionId },
        body: body ? JSON.stringify(bodyFor(body)) : null,
      }),
    );
  };
  return { canned, eventFor };
};
