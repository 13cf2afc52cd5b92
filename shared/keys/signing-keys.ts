/**
 * The key sets behind the tokens: a ring of private keys that only signers can read, and the public JWKS (RFC 7517) that
 * every function and other services check tokens with. A key is published before it signs (`next`), signs (`current`), and
 * stays published until no token signed by it can live (`previous`).
 */
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
/** Of a key that no longer signs only the public part is kept, and since when (epoch seconds). */
const retiredKey = publicKey.extend({ retiredAt: z.int() });

const signingKeys = z.object({ next: privateKey, current: privateKey, previous: z.array(retiredKey) });
const verificationKeys = z.object({ keys: z.array(publicKey).min(1) });

export type PrivateKey = z.output<typeof privateKey>;
export type SigningKeys = z.output<typeof signingKeys>;
export type VerificationKeys = z.output<typeof verificationKeys>;

export const parseSigningKeys = (stored: string): SigningKeys => signingKeys.parse(JSON.parse(stored));
export const parseVerificationKeys = (stored: string): VerificationKeys =>
  verificationKeys.parse(JSON.parse(stored));

/** RFC 7638: the key's own fingerprint, so that the same key never has two names. */
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

/** A ring that shares no key with any before it. */
export const createSigningKeys = async (): Promise<SigningKeys> => {
  const [current, next] = await Promise.all([createSigningKey(), createSigningKey()]);
  return { current, next, previous: [] };
};

/** One step: next → current → previous. What was retired longer ago than a token can live is dropped. */
export const rotateSigningKeys = (
  ring: SigningKeys,
  next: PrivateKey,
  now: number,
  longestTokenLifetimeSeconds: number,
): SigningKeys => ({
  next,
  current: ring.next,
  previous: [
    retiredKey.parse({ ...ring.current, retiredAt: now }),
    ...ring.previous.filter(({ retiredAt }) => retiredAt + longestTokenLifetimeSeconds > now),
  ],
});

/** The part that everybody may know: parsing with the public schema drops every private member. */
export const publicKeySet = ({ next, current, previous }: SigningKeys): VerificationKeys =>
  verificationKeys.parse({ keys: [current, next, ...previous] });
