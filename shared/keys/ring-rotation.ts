import { createPrivateKey, createPublicKey, randomBytes, sign, verify } from "node:crypto";
import * as z from "zod";
import { parseDigestKeys, rotateDigestKeys } from "./digest-keys.ts";
import { readCurrent, replaceSecret } from "./key-ring-store.ts";
import {
  createSigningKey,
  parseSigningKeys,
  parseVerificationKeys,
  publishing,
  rotateSigningKeys,
} from "./signing-keys.ts";

/** Secrets Manager invokes the rotation function with this event, once for each step. */
const rotationEvent = z.object({
  SecretId: z.string(),
  ClientRequestToken: z.string(),
  Step: z.enum(["createSecret", "setSecret", "testSecret", "finishSecret"]),
});
export const parseRotationEvent = (event: unknown) => rotationEvent.parse(event);

export type Rotation = {
  advance: (current: string) => Promise<string>;
  /** False if `keys:revoke` replaced the ring after `advance` had derived `pending` from it. */
  follows: (pending: string, current: string) => boolean;
  /** Runs before the pending value becomes current. It may run again for the same version. */
  publish: (pending: string, versionId: string) => Promise<void>;
  /** Throws if the published keys don't match the pending value. */
  test: (pending: string) => Promise<void>;
};

export const digestKeyRotation: Rotation = {
  advance: async (current) => JSON.stringify(rotateDigestKeys(parseDigestKeys(current))),
  follows: (pending, current) => parseDigestKeys(pending).current === parseDigestKeys(current).next,
  publish: async () => {},
  test: async (pending) => void parseDigestKeys(pending),
};

export const signingKeyRotation = (settings: {
  verificationKeysId: string;
  longestTokenLifetimeSeconds: number;
  nowSeconds: () => number;
}): Rotation => ({
  advance: async (current) => {
    const { nowSeconds, longestTokenLifetimeSeconds } = settings;
    const next = await createSigningKey();
    const ring = parseSigningKeys(current);
    return JSON.stringify(rotateSigningKeys(ring, next, nowSeconds(), longestTokenLifetimeSeconds));
  },
  follows: (pending, current) => parseSigningKeys(pending).current.kid === parseSigningKeys(current).next.kid,
  publish: async (pending, versionId) => {
    const published = await readCurrent(settings.verificationKeysId);
    const keys = publishing(parseSigningKeys(pending), published);
    await replaceSecret(settings.verificationKeysId, keys, versionId);
  },
  test: async (pending) => {
    const { current } = parseSigningKeys(pending);
    const { keys } = parseVerificationKeys(await readCurrent(settings.verificationKeysId));
    const published = keys.find(({ kid }) => kid === current.kid);
    if (!published) throw new Error("the pending key is not published");
    const probe = randomBytes(32);
    const signature = sign("sha256", probe, createPrivateKey({ key: current, format: "jwk" }));
    if (!verify("sha256", probe, createPublicKey({ key: published, format: "jwk" }), signature))
      throw new Error("the published key does not verify signatures of the pending key");
  },
});
