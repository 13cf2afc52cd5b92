/**
 * The one list of operations. Handlers, validation, Lambda functions, routes, `openapi.yaml` and the typed client of the
 * tests are all derived from it.
 */
import * as z from "zod";
import type { ErrorCode } from "./errors.ts";
import * as schemas from "./schemas.ts";

export type Operation = {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** With the trailing slash that the original's clients send; without it the same operation answers. `{name}`: a parameter. */
  readonly path: `/${string}`;
  /** `user` asks for a valid access token, `staff` for one of somebody whom the store knows as staff at this moment. */
  readonly caller: "public" | "user" | "staff";
  readonly summary: string;
  /** What the caller sends as JSON; none for operations that read no body. */
  readonly body?: z.ZodObject;
  /** What the caller may put into the query string. */
  readonly query?: z.ZodObject;
  /** The answer is filtered through this schema: what it does not name does not leave. */
  readonly success: { readonly status: 200 | 201; readonly body: z.ZodObject } | { readonly status: 204 };
  /** For answers that are the same for everybody: how long they may be kept, in seconds. Others are never kept. */
  readonly cacheSeconds?: number;
  /** Refusals beside the ones that every operation can give (see `commonErrors`). */
  readonly errors: readonly ErrorCode[];
};

const auth = "/api/v1/auth";
const admin = "/api/v1/admin";

const bearerErrors = [
  "not_authenticated",
  "bad_authorization_header",
  "token_not_valid",
  "user_inactive",
  "user_not_found",
] as const;

const staffErrors = [...bearerErrors, "permission_denied"] as const;

export const commonErrors = [
  "throttled",
  "unexpected_failure",
  "service_unavailable",
] as const satisfies readonly ErrorCode[];
export const bodyErrors = [
  "parse_error",
  "request_too_large",
  "unsupported_media_type",
] as const satisfies readonly ErrorCode[];

export const contract = {
  createUser: {
    method: "POST",
    path: `${auth}/user/`,
    caller: "public",
    summary: "Register; a letter with an activation code goes to the address",
    body: z.object({
      username: schemas.username,
      email: schemas.email,
      password: schemas.password,
      first_name: schemas.firstName.default(""),
      last_name: schemas.lastName.default(""),
    }),
    success: { status: 201, body: schemas.user },
    errors: ["too_many_letters"],
  },
  activateUser: {
    method: "POST",
    path: `${auth}/user/activation/`,
    caller: "public",
    summary: "Prove the address with the code from the letter",
    body: z.object({ email: schemas.email, otp_code: schemas.shortCode }),
    success: { status: 200, body: schemas.user },
    errors: ["activation_refused", "too_many_code_guesses"],
  },
  requestOtp: {
    method: "POST",
    path: `${auth}/user/otp/`,
    caller: "public",
    summary: "Ask for a code with address and password; any older code is dead",
    body: z.object({ email: schemas.email, password: schemas.password }),
    success: {
      status: 200,
      body: z.object({ detail: z.string().meta({ examples: ["OTP successfully sent by email"] }) }),
    },
    errors: ["no_active_account", "too_many_password_guesses", "too_many_letters"],
  },
  createToken: {
    method: "POST",
    path: `${auth}/jwt/create/`,
    caller: "public",
    summary: "Sign in: trade the code from the letter for a pair of tokens",
    body: z.object({ email: schemas.email, otp_code: schemas.shortCode }),
    success: { status: 201, body: schemas.tokenPair },
    errors: ["sign_in_refused", "too_many_code_guesses"],
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
  listUsers: {
    method: "GET",
    path: `${admin}/users/`,
    caller: "staff",
    summary:
      "List accounts and registrations, the newest first, or those whose address or username is searched",
    query: z.object({
      cursor: z.string().optional().meta({ description: "`next` of the page before" }),
      limit: schemas.choice(["25", "50", "100"]).default("25"),
      state: schemas.choice(["active", "disabled", "pending", "staff"]).optional(),
      email: schemas.search(254).optional().meta({ description: "Beginning of an address" }),
      username: schemas.search(150).optional().meta({ description: "A whole username" }),
    }),
    success: {
      status: 200,
      body: z.object({ results: z.array(schemas.adminUser), next: z.string().nullable() }),
    },
    errors: [...staffErrors, "cursor_not_valid"],
  },
  getUser: {
    method: "GET",
    path: `${admin}/users/{id}/`,
    caller: "staff",
    summary: "Read one account or registration",
    success: { status: 200, body: schemas.adminUser },
    errors: [...staffErrors, "not_found"],
  },
  updateUser: {
    method: "PATCH",
    path: `${admin}/users/{id}/`,
    caller: "staff",
    summary:
      "Change names, activate or deactivate, make staff or not (asks for the administrator's own password)",
    body: z.object({
      username: schemas.username.optional(),
      first_name: schemas.firstName.optional(),
      last_name: schemas.lastName.optional(),
      is_active: schemas.flag.optional(),
      is_staff: schemas.flag.optional(),
      current_password: schemas.password.optional(),
    }),
    success: { status: 200, body: schemas.adminUser },
    errors: [...staffErrors, "not_found", "not_yourself", "not_activated", "too_many_password_guesses"],
  },
  deleteUser: {
    method: "DELETE",
    path: `${admin}/users/{id}/`,
    caller: "staff",
    summary: "Delete an account or a registration",
    success: { status: 204 },
    errors: [...staffErrors, "not_found", "not_yourself"],
  },
  sendCode: {
    method: "POST",
    path: `${admin}/users/{id}/send-code/`,
    caller: "staff",
    summary:
      "Send a registration a new activation code; never a login code, which would stand in for the password",
    success: { status: 204 },
    errors: [...staffErrors, "not_found", "already_active"],
  },
  unlockUser: {
    method: "POST",
    path: `${admin}/users/{id}/unlock/`,
    caller: "staff",
    summary: "Forget the wrong guesses that were counted against a person",
    success: { status: 204 },
    errors: [...staffErrors, "not_found"],
  },
  listUserSessions: {
    method: "GET",
    path: `${admin}/users/{id}/sessions/`,
    caller: "staff",
    summary: "List a person's living sessions",
    success: { status: 200, body: z.object({ results: z.array(schemas.session) }) },
    errors: [...staffErrors, "not_found"],
  },
  endUserSessions: {
    method: "DELETE",
    path: `${admin}/users/{id}/sessions/`,
    caller: "staff",
    summary: "End all of a person's sessions, at once",
    success: { status: 204 },
    errors: [...staffErrors, "not_found"],
  },
} as const satisfies Record<string, Operation>;

export type Contract = typeof contract;
export type OperationName = keyof Contract;

/** What a use case receives: the body after validation. */
export type BodyOf<O extends Operation> = O extends { body: infer B extends z.ZodObject }
  ? z.output<B>
  : object;

/** What a use case receives of the query string. */
export type QueryOf<O extends Operation> = O extends { query: infer Q extends z.ZodObject }
  ? z.output<Q>
  : object;

/** What a use case returns, before the filter. */
export type ResultOf<O extends Operation> = O["success"] extends { body: infer B extends z.ZodObject }
  ? z.input<B>
  : void;

/** The names in a path's braces. */
export type ParametersOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [Parameter in Name]: string } & ParametersOf<Rest>
  : object;
