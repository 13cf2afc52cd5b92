// A key is published before it signs (`next`), signs (`current`), and stays published until every
// token that it signed has expired (`previous`).
import { createHash, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import * as z from "zod";
import { publicKey } from "../contract/schemas.ts";

const privateKey = publicKey.extend({
  d: z.string(),
  p: z.string(),
  q: z.string(),
  dp: z.string(),
  dq: z.string(),
  qi: z.string(),
});
/** A retired key keeps only its public part. `retiredAt` is in epoch seconds. */
const retiredKey = publicKey.extend({ retiredAt: z.int() });

// An earlier version may run the rotation, so all that a later one has added stays.
const signingKeys = z.looseObject({
  next: privateKey.loose(),
  current: privateKey.loose(),
  previous: z.array(z.looseObject({ retiredAt: z.int() })),
});
const known = (key: unknown): PublicKey[] => {
  const { data } = publicKey.safeParse(key);
  return data ? [data] : [];
};
const storedKeys = z.looseObject({ keys: z.array(z.unknown()) });
const verificationKeys = z.object({
  keys: z
    .array(z.unknown())
    .transform((keys) => keys.flatMap(known))
    .pipe(z.array(publicKey).min(1)),
});

type PublicKey = z.output<typeof publicKey>;
export type PrivateKey = z.output<typeof privateKey>;
export type SigningKeys = z.output<typeof signingKeys>;
export type VerificationKeys = z.output<typeof verificationKeys>;

export const parseSigningKeys = (stored: string): SigningKeys => signingKeys.parse(JSON.parse(stored));
export const parseVerificationKeys = (stored: string): VerificationKeys =>
  verificationKeys.parse(JSON.parse(stored));

/** The fingerprint by RFC 7638 gives the same key the same id everywhere. */
const thumbprint = ({ e, n }: { e: string; n: string }) =>
  createHash("sha256")
    .update(JSON.stringify({ e, kty: "RSA", n }))
    .digest("base64url");

const modulusBits = 2048;

export const createSigningKey = async (): Promise<PrivateKey> => {
  const pair = await promisify(generateKeyPair)("rsa", { modulusLength: modulusBits });
  const jwk = pair.privateKey.export({ format: "jwk" });
  const kid = thumbprint(publicKey.pick({ e: true, n: true }).parse(jwk));
  return privateKey.parse({ ...jwk, kid, alg: "RS256", use: "sig" });
};

export const createSigningKeys = async (): Promise<SigningKeys> => {
  const [current, next] = await Promise.all([createSigningKey(), createSigningKey()]);
  return { current, next, previous: [] };
};

export const rotateSigningKeys = (
  ring: SigningKeys,
  next: PrivateKey,
  now: number,
  longestTokenLifetimeSeconds: number,
): SigningKeys => ({
  ...ring,
  next,
  current: ring.next,
  previous: [
    retiredKey.parse({ ...ring.current, retiredAt: now }),
    ...ring.previous.filter(({ retiredAt }) => retiredAt + longestTokenLifetimeSeconds > now),
  ],
});

/** Keeps published what a later version has published in its own form. */
export const publishing = (ring: SigningKeys, published: string): string => {
  const stored = storedKeys.parse(JSON.parse(published));
  const others = stored.keys.filter((key) => known(key).length === 0);
  return JSON.stringify({ ...stored, keys: [...publicKeySet(ring).keys, ...others] });
};

/** Parsing with the public schema removes every private member. */
export const publicKeySet = ({ next, current, previous }: SigningKeys): VerificationKeys =>
  verificationKeys.parse({ keys: [current, next, ...previous] });
