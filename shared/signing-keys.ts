/**
 * The key sets behind the tokens, as they stand in Secrets Manager: private keys that only signers can read, and the public
 * JWKS (RFC 7517) that every function checks tokens with.
 */
import { createHash, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import * as z from "zod";

const rsa = {
  kty: z.literal("RSA"),
  n: z.string(),
  e: z.string(),
  kid: z.string(),
  alg: z.literal("RS256"),
  use: z.literal("sig"),
};
const publicKey = z.object(rsa);
const privateKey = z.object({
  ...rsa,
  d: z.string(),
  p: z.string(),
  q: z.string(),
  dp: z.string(),
  dq: z.string(),
  qi: z.string(),
});

const signingKeys = z.object({ current: privateKey });
const verificationKeys = z.object({ keys: z.array(publicKey).min(1) });

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

export const createSigningKey = async (): Promise<SigningKeys["current"]> => {
  const pair = await promisify(generateKeyPair)("rsa", { modulusLength: modulusBits });
  const jwk = pair.privateKey.export({ format: "jwk" });
  const named = publicKey.pick({ e: true, n: true }).parse(jwk);
  return privateKey.parse({ ...jwk, kid: thumbprint(named), alg: "RS256", use: "sig" });
};

/** The part that everybody may know: parsing with the public schema drops the private members. */
export const publicKeySet = (...keys: SigningKeys["current"][]): VerificationKeys =>
  verificationKeys.parse({ keys });
