import { beforeAll, describe, expect, it } from "vitest";
import { createDigestKeys } from "../../../shared/keys/digest-keys.ts";
import { digestKeyRotation } from "../../../shared/keys/ring-rotation.ts";
import {
  createSigningKey,
  createSigningKeys,
  parseSigningKeys,
  parseVerificationKeys,
  publicKeySet,
  publishing,
  rotateSigningKeys,
  type PrivateKey,
  type SigningKeys,
} from "../../../shared/keys/signing-keys.ts";

describe("key ring of a later version", () => {
  const elliptic = { kty: "EC", crv: "P-256", kid: "e", x: "x", y: "y", alg: "ES256", use: "sig" };
  let [ring, next]: [SigningKeys?, PrivateKey?] = [];
  beforeAll(async () => {
    [ring, next] = await Promise.all([createSigningKeys(), createSigningKey()]);
  });
  const later = () => {
    const stored = {
      ...ring,
      next: { ...ring?.next, note: "n" },
      previous: [{ ...elliptic, retiredAt: 900 }],
      es256: { d: "secret" },
    };
    return parseSigningKeys(JSON.stringify(stored));
  };

  it("keeps its members through a rotation by this version", async () => {
    const rotated = rotateSigningKeys(later(), next!, 1_000, 500);
    expect(rotated).toMatchObject({ es256: { d: "secret" }, current: { note: "n" } });
    expect(rotated.previous).toContainEqual({ ...elliptic, retiredAt: 900 });
    expect(rotateSigningKeys(rotated, next!, 2_000, 500).previous).not.toContainEqual(
      expect.objectContaining({ kid: "e" }),
    );
    const digests = JSON.stringify({ ...createDigestKeys(), pepper: "p" });
    expect(JSON.parse(await digestKeyRotation.advance(digests))).toMatchObject({ pepper: "p" });
  });

  it("keeps published what this version can't read, and nothing private", () => {
    const published = { ...publicKeySet(later()), version: 2 };
    const stored = JSON.stringify({ ...published, keys: [...published.keys, elliptic] });
    const again = publishing(later(), stored);
    expect(JSON.parse(again)).toEqual({ version: 2, keys: [...published.keys, elliptic] });
    expect(publishing(later(), again)).toBe(again);
    expect(again).not.toMatch(/"d"|"note"|secret/);
    expect(parseVerificationKeys(again).keys.map(({ kid }) => kid)).toEqual(
      published.keys.map(({ kid }) => kid),
    );
  });

  it("is refused without one key that verifies", () => {
    expect(() => parseVerificationKeys(JSON.stringify({ keys: [elliptic] }))).toThrow("Too small");
  });
});
