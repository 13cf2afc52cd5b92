/**
 * The operations that sign in and out, and those on sessions, tokens and keys: a part of the
 * contract.
 */
import * as z from "zod";
import { bearerErrors, codeGuessErrors, letterErrors, type Operation } from "./operation.ts";
import * as schemas from "./schemas.ts";

const auth = "/api/v1/auth";

export const sessionOperations = {
  requestOtp: {
    method: "POST",
    path: `${auth}/user/otp/`,
    caller: "public",
    summary: "Ask for a code with address and password; any older code is dead",
    body: z.object({ email: schemas.email, password: schemas.password }),
    readsDeviceToken: true,
    success: {
      status: 200,
      body: z.object({ detail: z.string().meta({ examples: ["OTP successfully sent by email"] }) }),
    },
    errors: [
      "no_active_account",
      "too_many_password_guesses",
      "too_many_tries_from_network",
      ...letterErrors,
    ],
  },
  createToken: {
    method: "POST",
    path: `${auth}/jwt/create/`,
    caller: "public",
    summary: "Sign in: trade the code from the letter for a pair of tokens",
    body: z.object({ email: schemas.email, otp_code: schemas.shortCode }),
    readsDeviceToken: true,
    success: { status: 201, body: schemas.tokenPair },
    issuesDeviceToken: true,
    errors: ["sign_in_refused", ...codeGuessErrors],
  },
  refreshToken: {
    method: "POST",
    path: `${auth}/jwt/refresh/`,
    caller: "public",
    summary: "Trade a refresh token for a new pair",
    body: z.object({ refresh: schemas.token }),
    success: { status: 200, body: schemas.tokenPair },
    errors: ["token_not_valid"],
  },
  verifyToken: {
    method: "POST",
    path: `${auth}/jwt/verify/`,
    caller: "public",
    summary: "Ask whether an access or refresh token is valid right now",
    body: z.object({ token: schemas.token }),
    success: { status: 200, body: z.object({}) },
    errors: ["token_not_valid"],
  },
  logout: {
    method: "POST",
    path: `${auth}/jwt/logout/`,
    caller: "public",
    summary: "Sign out: end the session of a refresh token, which may be over already",
    body: z.object({ refresh: schemas.token }),
    success: { status: 204 },
    errors: ["token_not_valid"],
  },
  listSessions: {
    method: "GET",
    path: `${auth}/user/me/sessions/`,
    caller: "user",
    summary: "List the living sessions, the one used last first",
    success: { status: 200, body: z.object({ results: z.array(schemas.session) }) },
    errors: bearerErrors,
  },
  endOtherSessions: {
    method: "DELETE",
    path: `${auth}/user/me/sessions/`,
    caller: "user",
    summary: "End every session but this one, at once",
    success: { status: 204 },
    errors: bearerErrors,
  },
  endSession: {
    method: "DELETE",
    path: `${auth}/user/me/sessions/{id}/`,
    caller: "user",
    summary: "End one session, at once",
    success: { status: 204 },
    errors: [...bearerErrors, "not_found"],
  },
  getKeys: {
    method: "GET",
    path: "/.well-known/jwks.json",
    caller: "public",
    summary: "The public keys that check our tokens (RFC 7517)",
    success: { status: 200, body: z.object({ keys: z.array(schemas.publicKey) }) },
    cacheSeconds: 300,
    errors: [],
  },
  getConfiguration: {
    method: "GET",
    path: "/.well-known/openid-configuration",
    caller: "public",
    summary: "Where a service finds the issuer's keys",
    success: { status: 200, body: schemas.discovery },
    cacheSeconds: 300,
    errors: [],
  },
} as const satisfies Record<string, Operation>;
