import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createSigningKeys, publicKeySet } from "../../../shared/keys/signing-keys.ts";
import type { Session } from "../../../shared/sessions/session-store.ts";
import { tokenSigner, tokenVerifier } from "../../../shared/sessions/tokens.ts";

const now = 1_800_000_000;
const session: Session = {
  userId: "11111111-1111-4111-8111-111111111111",
  sessionId: "session",
  jti: "current",
  issuedAt: now,
  createdAt: now,
  expiresAt: now + 900,
  sessionEpoch: 0,
  deviceLabel: "Unknown device",
};
const earlier = "https://abc.execute-api.eu-central-1.amazonaws.com/prod";
const types = ["access", "refresh", "staff"] as const;

let read: (id: string) => Promise<string>;
beforeAll(async () => {
  const ring = await createSigningKeys();
  read = async (id) => JSON.stringify(id === "signing" ? ring : publicKeySet(ring));
  vi.stubEnv("SIGNING_KEYS_ID", "signing");
  vi.stubEnv("VERIFICATION_KEYS_ID", "verification");
  vi.stubEnv("TOKEN_AUDIENCE", "lit-auth");
  vi.stubEnv("ACCESS_TOKEN_LIFETIME_SECONDS", "900");
});
afterAll(() => void vi.unstubAllEnvs());

const issuedBy = async (issuer: string) => {
  vi.stubEnv("PUBLIC_URL", issuer);
  const signer = tokenSigner(() => now, read);
  const [{ access, refresh }, { staffToken }] = [await signer.pair(session), await signer.staffPair(session)];
  return [access, refresh, staffToken];
};

const verdictsOf = async (tokens: readonly string[], accepted: string): Promise<string[]> => {
  vi.stubEnv("PUBLIC_URL", "https://auth.example.com");
  vi.stubEnv("ISSUERS_ACCEPTED", accepted);
  const verifier = tokenVerifier(() => now, read);
  const verdicts = await Promise.all(tokens.map((token) => verifier.verify(token, types)));
  return verdicts.map((verdict) => (typeof verdict === "string" ? verdict : verdict.tokenType));
};

describe("issuer", () => {
  it("is the present one or a listed one, for every token type", async () => {
    const tokens = [...(await issuedBy(earlier)), ...(await issuedBy("https://older.example"))];
    expect(await verdictsOf(tokens, "off")).toEqual(Array(6).fill("invalid"));
    expect(await verdictsOf(tokens, earlier)).toEqual([...types, ...Array(3).fill("invalid")]);
    expect(await verdictsOf(tokens, `https://older.example,${earlier}`)).toEqual([...types, ...types]);
    const present = await issuedBy("https://auth.example.com");
    expect(await verdictsOf(present, earlier)).toEqual(types);
    expect(decodeJwt(present[1] ?? "").iss).toBe("https://auth.example.com");
  });

  it("is compared letter by letter", async () => {
    const near = [`${earlier}/`, `${earlier}x`, earlier.replace("/prod", ""), earlier.toUpperCase()];
    for (const issuer of near)
      expect(await verdictsOf(await issuedBy(issuer), earlier)).toEqual(Array(3).fill("invalid"));
  });

  it.each([
    "*",
    "https://*.example",
    "https://a.example/",
    "http://a.example",
    "a.example",
    "",
    "https://A.example",
  ])("of earlier tokens can't be set to %j", async (accepted) => {
    await expect(verdictsOf([], accepted)).rejects.toThrow("ISSUERS_ACCEPTED");
  });
});
