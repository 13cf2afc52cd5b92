import * as z from "zod";
import {
  bearerErrors,
  codeGuessErrors,
  networkLetterErrors,
  staffActErrors,
  type Operation,
} from "./operation.ts";
import * as schemas from "./schemas.ts";

const auth = "/api/v1/auth";

export const requestOtp = {
  name: "requestOtp",
  method: "POST",
  path: `${auth}/user/otp/`,
  caller: "public",
  summary: "Request a sign-in code with email address and password; it replaces any older code",
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
    ...networkLetterErrors,
    "letter_budget_spent",
  ],
} as const satisfies Operation;

export const createToken = {
  name: "createToken",
  method: "POST",
  path: `${auth}/jwt/create/`,
  caller: "public",
  summary: "Sign in with the code from the email; returns a pair of tokens",
  body: z.object({ email: schemas.email, otp_code: schemas.shortCode }),
  readsDeviceToken: true,
  success: { status: 201, body: schemas.tokenPair },
  issuesDeviceToken: true,
  errors: ["sign_in_refused", ...codeGuessErrors],
} as const satisfies Operation;

export const refreshToken = {
  name: "refreshToken",
  method: "POST",
  path: `${auth}/jwt/refresh/`,
  caller: "public",
  summary: "Exchange a refresh token for a new pair of tokens",
  body: z.object({ refresh: schemas.token }),
  success: { status: 200, body: schemas.tokenPair },
  errors: ["token_not_valid"],
} as const satisfies Operation;

export const verifyToken = {
  name: "verifyToken",
  method: "POST",
  path: `${auth}/jwt/verify/`,
  caller: "public",
  summary: "Check whether an access or refresh token is valid right now",
  body: z.object({ token: schemas.token }),
  success: { status: 200, body: z.object({}) },
  errors: ["token_not_valid"],
} as const satisfies Operation;

export const logout = {
  name: "logout",
  method: "POST",
  path: `${auth}/jwt/logout/`,
  caller: "public",
  summary: "Sign out; ends the session of the refresh token, if it hasn't ended yet",
  body: z.object({ refresh: schemas.token }),
  success: { status: 204 },
  errors: ["token_not_valid"],
} as const satisfies Operation;

const adminSession = "/api/v1/admin/session/";

const codeOrNothing = z
  .object({ email: schemas.email.optional(), otp_code: schemas.shortCode.optional() })
  .superRefine(({ email, otp_code }, context) => {
    if ((email === undefined) === (otp_code === undefined)) return;
    const path = [email === undefined ? "email" : "otp_code"];
    context.addIssue({ code: "custom", path, message: "This field is required." });
  });

export const openAdminSession = {
  name: "openAdminSession",
  method: "POST",
  path: adminSession,
  caller: "public",
  summary:
    "For the admin page only: sign in an administrator with the code from the email, or with an empty object continue the session of the cookie; returns an access token",
  body: codeOrNothing,
  readsDeviceToken: true,
  issuesDeviceToken: "sometimes",
  keepsStaffCookie: true,
  success: { status: 200, body: schemas.tokenPair.pick({ access: true }) },
  errors: ["foreign_origin", "sign_in_refused", "permission_denied", "token_not_valid", ...codeGuessErrors],
} as const satisfies Operation;

export const endAdminSession = {
  name: "endAdminSession",
  method: "DELETE",
  path: adminSession,
  caller: "public",
  summary: "For the admin page only: end the session of the cookie, if there is one, and remove the cookie",
  keepsStaffCookie: true,
  success: { status: 204 },
  errors: ["foreign_origin", "unsupported_media_type", "token_not_valid"],
} as const satisfies Operation;

export const listSessions = {
  name: "listSessions",
  method: "GET",
  path: `${auth}/user/me/sessions/`,
  caller: "user",
  summary: "List the active sessions, most recently used first",
  success: { status: 200, body: z.object({ results: z.array(schemas.session) }) },
  errors: bearerErrors,
} as const satisfies Operation;

export const endOtherSessions = {
  name: "endOtherSessions",
  method: "DELETE",
  path: `${auth}/user/me/sessions/`,
  caller: "user",
  summary: "End all other sessions immediately",
  success: { status: 204 },
  issuesDeviceToken: true,
  errors: bearerErrors,
} as const satisfies Operation;

export const endSession = {
  name: "endSession",
  method: "DELETE",
  path: `${auth}/user/me/sessions/{id}/`,
  caller: "user",
  summary: "End one session immediately",
  success: { status: 204 },
  errors: [...bearerErrors, "not_found"],
} as const satisfies Operation;

export const endUserSession = {
  name: "endUserSession",
  method: "DELETE",
  path: "/api/v1/admin/users/{id}/sessions/{session_id}/",
  caller: "staff",
  summary: "End one session of a person immediately",
  success: { status: 204 },
  errors: staffActErrors,
} as const satisfies Operation;

export const getKeys = {
  name: "getKeys",
  method: "GET",
  path: "/.well-known/jwks.json",
  caller: "public",
  summary: "Get the public keys that verify our tokens (RFC 7517)",
  success: { status: 200, body: z.object({ keys: z.array(schemas.publicKey) }) },
  cacheSeconds: 300,
  errors: [],
} as const satisfies Operation;

/** A subset of OpenID Connect Discovery: there are no id tokens and no authorization endpoint. */
const discovery = z.object({
  issuer: z.string().meta({ examples: ["https://auth.example.com"] }),
  jwks_uri: z.string().meta({ examples: ["https://auth.example.com/.well-known/jwks.json"] }),
  claims_supported: z.array(z.string()).meta({ examples: [["sub", "iss", "aud"]] }),
});

export const getConfiguration = {
  name: "getConfiguration",
  method: "GET",
  path: "/.well-known/openid-configuration",
  caller: "public",
  summary: "Get the issuer's metadata, which tells services where its keys are",
  success: { status: 200, body: discovery },
  cacheSeconds: 300,
  errors: [],
} as const satisfies Operation;
