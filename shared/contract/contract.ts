/**
 * The one list of operations. Handlers, validation, Lambda functions, routes, `openapi.yaml` and the typed client of the
 * tests are all derived from it.
 */
import * as z from "zod";
import { addressOperations } from "./address-operations.ts";
import { administration } from "./staff-operations.ts";
import { bearerErrors, codeGuessErrors, letterErrors, type Operation } from "./operation.ts";
import { passwordOperations } from "./password-operations.ts";
import * as schemas from "./schemas.ts";

const auth = "/api/v1/auth";

export const contract = {
  createUser: {
    method: "POST",
    path: `${auth}/user/`,
    caller: "public",
    summary: "Register; a letter with an activation code goes to the address",
    body: z.object({
      username: schemas.username,
      email: schemas.email,
      password: schemas.chosenPassword,
      first_name: schemas.firstName.default(""),
      last_name: schemas.lastName.default(""),
    }),
    success: { status: 201, body: schemas.user },
    errors: letterErrors,
  },
  activateUser: {
    method: "POST",
    path: `${auth}/user/activation/`,
    caller: "public",
    summary: "Prove the address with the code from the letter",
    body: z.object({ email: schemas.email, otp_code: schemas.shortCode }),
    readsDeviceToken: true,
    success: { status: 200, body: schemas.user },
    issuesDeviceToken: true,
    errors: ["activation_refused", ...codeGuessErrors],
  },
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
  getMe: {
    method: "GET",
    path: `${auth}/user/me/`,
    caller: "user",
    summary: "Read the signed-in account",
    success: { status: 200, body: schemas.user },
    errors: bearerErrors,
  },
  updateMe: {
    method: "PATCH",
    path: `${auth}/user/me/`,
    caller: "user",
    summary: "Change username or names",
    body: z.object({
      username: schemas.username.optional(),
      first_name: schemas.firstName.optional(),
      last_name: schemas.lastName.optional(),
    }),
    success: { status: 200, body: schemas.user },
    errors: bearerErrors,
  },
  deleteMe: {
    method: "DELETE",
    path: `${auth}/user/me/`,
    caller: "user",
    summary: "Delete the account, with its password",
    body: z.object({ current_password: schemas.password }),
    success: { status: 204 },
    errors: [...bearerErrors, "not_yourself", "too_many_password_guesses"],
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
  logout: {
    method: "POST",
    path: `${auth}/jwt/logout/`,
    caller: "public",
    summary: "Sign out: end the session of a refresh token, which may be over already",
    body: z.object({ refresh: schemas.token }),
    success: { status: 204 },
    errors: ["token_not_valid"],
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
  ...addressOperations,
  ...passwordOperations,
  ...administration,
} as const satisfies Record<string, Operation>;

export type Contract = typeof contract;
export type OperationName = keyof Contract;
