// What a sign-in opens, and how services verify its tokens.
import * as z from "zod";
import { exampleToken, id, time } from "./schemas.ts";

export const tokenPair = z
  .object({
    refresh: z.string().meta({ examples: [exampleToken] }),
    access: z.string().meta({ examples: [exampleToken] }),
  })
  .meta({ id: "TokenPair" });

export const session = z
  .object({
    id: id("5f0c1f0a-58a7-4c39-9a55-0a4f7f3c8f11"),
    created: time("2026-11-22T20:15:00.000Z"),
    last_used: time("2026-11-22T21:40:00.000Z"),
    device: z.string().meta({ examples: ["Firefox on Linux"] }),
    current: z.boolean(),
  })
  .meta({ id: "Session" });

export const publicKey = z
  .object({
    kty: z.literal("RSA"),
    n: z.string().meta({ examples: ["0vx7agoebGcQSuu…"] }),
    e: z.string().meta({ examples: ["AQAB"] }),
    kid: z.string().meta({ examples: ["NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"] }),
    alg: z.literal("RS256"),
    use: z.literal("sig"),
  })
  .meta({ id: "PublicKey" });

/** A subset of OpenID Connect Discovery: there are no id tokens and no authorization endpoint. */
export const discovery = z.object({
  issuer: z.string().meta({ examples: ["https://auth.example.com"] }),
  jwks_uri: z.string().meta({ examples: ["https://auth.example.com/.well-known/jwks.json"] }),
  claims_supported: z.array(z.string()).meta({ examples: [["sub", "iss", "aud"]] }),
});
