// All tokens are JWTs with simplejwt's claims besides the registered ones, checked
// as RFC 8725 and ASVS 9 ask. They use RS256: API Gateway's JWT authorizers accept only RSA.
import { randomBytes } from "node:crypto";
import { createLocalJWKSet, errors, importJWK, jwtVerify, SignJWT } from "jose";
import * as z from "zod";
import { parseSigningKeys, parseVerificationKeys } from "../keys/signing-keys.ts";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { environment } from "../platform/environment.ts";
import { inInitPhase } from "../platform/init-phase.ts";
import { readSecret } from "../platform/secrets.ts";
import type { Session } from "./session-store.ts";

const algorithm = "RS256";

/** Explicit types prevent confusion of tokens (RFC 8725 3.11). The first one is RFC 9068's. */
const headerTypes = { access: "at+jwt", refresh: "rt+jwt", staff: "staff+jwt" } as const;
type TokenType = keyof typeof headerTypes;
/** A `staff` token is the refresh token of the admin page and travels in a cookie only. */
export type RenewingType = Exclude<TokenType, "access">;

// Ours have about 900 characters. Longer ones are refused before the costly signature check.
const longestToken = 4096;

const claimsSchema = z
  .object({
    sub: z.string(),
    user_id: z.string(),
    sid: z.string(),
    jti: z.string(),
    exp: z.int(),
    iat: z.int(),
    auth_time: z.int(),
    token_type: z.enum(["access", "refresh", "staff"]),
  })
  .refine(({ sub, user_id }) => sub === user_id)
  .transform(({ sub, sid, jti, iat, auth_time, token_type }) => ({
    userId: sub,
    sessionId: sid,
    jti,
    issuedAt: iat,
    sessionCreatedAt: auth_time,
    tokenType: token_type,
  }));
export type Claims = z.output<typeof claimsSchema>;

const remembering = <T>(derive: (stored: string) => T) => {
  let last: { stored: string; derived: T } | undefined;
  return (stored: string): T => {
    if (last?.stored !== stored) last = { stored, derived: derive(stored) };
    return last.derived;
  };
};

export type TokenPair = { access: string; refresh: string };

export const tokenSigner = (clock: Clock = nowSeconds, read: typeof readSecret = readSecret) => {
  const settings = environment(
    "SIGNING_KEYS_ID",
    "PUBLIC_URL",
    "TOKEN_AUDIENCE",
    "ACCESS_TOKEN_LIFETIME_SECONDS",
  );
  const signingKey = remembering(async (stored) => {
    const { current } = parseSigningKeys(stored);
    return { kid: current.kid, key: await importJWK(current, algorithm) };
  });
  inInitPhase(async () => signingKey(await read(settings.SIGNING_KEYS_ID)));

  const sign = async (
    session: Session,
    token: { type: TokenType; jti: string; issuedAt: number; expiresAt: number },
  ): Promise<string> => {
    const { kid, key } = await signingKey(await read(settings.SIGNING_KEYS_ID));
    return new SignJWT({
      token_type: token.type,
      user_id: session.userId,
      sid: session.sessionId,
      auth_time: session.createdAt,
    })
      .setProtectedHeader({ alg: algorithm, kid, typ: headerTypes[token.type] })
      .setIssuer(settings.PUBLIC_URL)
      .setAudience(settings.TOKEN_AUDIENCE)
      .setSubject(session.userId)
      .setJti(token.jti)
      .setIssuedAt(token.issuedAt)
      .setExpirationTime(token.expiresAt)
      .sign(key);
  };

  /** RS256 is deterministic, so the current renewing token comes out the same each time. */
  const signBoth = (type: RenewingType, session: Session): Promise<[renewing: string, access: string]> => {
    const now = clock();
    return Promise.all([
      sign(session, {
        type,
        jti: session.jti,
        issuedAt: session.issuedAt,
        expiresAt: session.expiresAt,
      }),
      sign(session, {
        type: "access",
        jti: randomBytes(16).toString("hex"),
        issuedAt: now,
        expiresAt: Math.min(now + settings.ACCESS_TOKEN_LIFETIME_SECONDS, session.expiresAt),
      }),
    ]);
  };

  return {
    pair: async (session: Session): Promise<TokenPair> => {
      const [refresh, access] = await signBoth("refresh", session);
      return { refresh, access };
    },

    staffPair: async (session: Session): Promise<{ staffToken: string; access: string }> => {
      const [staffToken, access] = await signBoth("staff", session);
      return { staffToken, access };
    },
  };
};
export type TokenSigner = ReturnType<typeof tokenSigner>;

// Limits the reads of Secrets Manager that tokens with invented key ids can cause.
const freshKeysEverySeconds = 30;

export const tokenVerifier = (clock: Clock = nowSeconds, read: typeof readSecret = readSecret) => {
  const settings = environment("VERIFICATION_KEYS_ID", "PUBLIC_URL", "ISSUERS_ACCEPTED", "TOKEN_AUDIENCE");
  const earlier = settings.ISSUERS_ACCEPTED === "off" ? [] : settings.ISSUERS_ACCEPTED.split(",");
  const verificationKeys = remembering((stored) => createLocalJWKSet(parseVerificationKeys(stored)));
  let freshKeys: { askedAt: number; read: Promise<string> } | undefined;

  const verified = async (token: string, stored: string) => {
    const keys = verificationKeys(stored);
    return jwtVerify(token, keys, {
      algorithms: [algorithm],
      issuer: [settings.PUBLIC_URL, ...earlier],
      audience: settings.TOKEN_AUDIENCE,
      requiredClaims: ["exp", "iat", "sub", "jti"],
      currentDate: new Date(clock() * 1000),
    });
  };

  const unsignedToken = (kid: string): string => {
    const [header, payload] = [{ alg: algorithm, kid }, {}].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    return `${header}.${payload}.${Buffer.alloc(256).toString("base64url")}`;
  };

  /** The library imports a key at the first verification, here of a wrong signature. */
  const importKeys = async (): Promise<void> => {
    const stored = await read(settings.VERIFICATION_KEYS_ID);
    for (const { kid } of parseVerificationKeys(stored).keys)
      await verified(unsignedToken(kid), stored).catch(() => {});
  };
  inInitPhase(importKeys);

  /** Bypasses the cache: an unknown key may be new. Concurrent callers share one read. */
  const readFreshKeys = async (): Promise<string> => {
    if (freshKeys === undefined || clock() >= freshKeys.askedAt + freshKeysEverySeconds)
      freshKeys = { askedAt: clock(), read: read(settings.VERIFICATION_KEYS_ID, { fresh: true }) };
    return freshKeys.read;
  };

  return {
    /** Doesn't detect ended sessions. The signature of an `expired` token is valid. */
    verify: async (token: string, types: readonly TokenType[]): Promise<Claims | "invalid" | "expired"> => {
      if (token.length > longestToken) return "invalid";
      try {
        const stored = await read(settings.VERIFICATION_KEYS_ID);
        const { payload, protectedHeader } = await verified(token, stored).catch(async (error: unknown) => {
          if (error instanceof errors.JWKSNoMatchingKey) return verified(token, await readFreshKeys());
          throw error;
        });
        const { data: claims } = claimsSchema.safeParse(payload);
        if (!claims || !types.includes(claims.tokenType)) return "invalid";
        return protectedHeader.typ === headerTypes[claims.tokenType] ? claims : "invalid";
      } catch (error) {
        if (error instanceof errors.JWTExpired) return "expired";
        if (error instanceof errors.JOSEError) return "invalid";
        throw error;
      }
    },
  };
};
export type TokenVerifier = ReturnType<typeof tokenVerifier>;
