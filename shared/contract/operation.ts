import type * as z from "zod";
import type { ErrorCode } from "./errors.ts";

export type Operation = {
  /** Also its name in the contract, in logs and, in kebab case, of its file and its function. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** The path ends with the slash that Django clients send. Requests may omit it. */
  readonly path: `/${string}`;
  /** `user` requires an access token. `staff` also requires that the account is staff right now. */
  readonly caller: "public" | "user" | "staff";
  readonly summary: string;
  readonly body?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** The response is filtered through this schema: fields that it doesn't name are removed. */
  readonly success: { readonly status: 200 | 201; readonly body: z.ZodObject } | { readonly status: 204 };
  /** The operation reads a device token from the header `X-Device-Token` or from the cookie. */
  readonly readsDeviceToken?: true;
  /** The use case also returns a device token, which is sent as header and cookie only. */
  readonly issuesDeviceToken?: true | "sometimes";
  /** Reads and sets the cookie of a staff session, and answers only to pages of this service. */
  readonly keepsStaffCookie?: true;
  /** The `max-age` of responses that are the same for every caller. Others are never cached. */
  readonly cacheSeconds?: number;
  /** The refusals of this operation in addition to `commonErrors` and `bodyErrors`. */
  readonly errors: readonly ErrorCode[];
};

export const bearerErrors = [
  "not_authenticated",
  "bad_authorization_header",
  "token_not_valid",
  "user_inactive",
  "user_not_found",
] as const;

export const staffErrors = [...bearerErrors, "permission_denied"] as const;

export const networkLetterErrors = ["too_many_letters_from_network"] as const satisfies readonly ErrorCode[];
export const challengeErrors = [
  "challenge_required",
  "challenge_failed",
] as const satisfies readonly ErrorCode[];
/** The refusals of acts on a person. Those that take something also ask for the password. */
export const staffActErrors = [...staffErrors, "not_found", "too_many_staff_acts"] as const;
export const staffPasswordErrors = [...staffActErrors, "too_many_password_guesses"] as const;

export const codeGuessErrors = [
  "too_many_code_guesses",
  "code_guesses_used_up",
  "too_many_tries_from_network",
] as const satisfies readonly ErrorCode[];

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

export type BodyOf<O extends Operation> = O extends { body: infer B extends z.ZodObject }
  ? z.output<B>
  : object;

export type QueryOf<O extends Operation> = O extends { query: infer Q extends z.ZodObject }
  ? z.output<Q>
  : object;

type IssuedDevice<O extends Operation> = O extends { issuesDeviceToken: true }
  ? { deviceToken: string }
  : O extends { issuesDeviceToken: "sometimes" }
    ? { deviceToken?: string }
    : unknown;
type Issued<O extends Operation> = IssuedDevice<O> &
  (O extends { keepsStaffCookie: true } ? { staffToken: string } : unknown);

/** The type that a use case returns, before the response is filtered. */
export type ResultOf<O extends Operation> = O["success"] extends { body: infer B extends z.ZodObject }
  ? z.input<B> & Issued<O>
  : O extends { issuesDeviceToken: true }
    ? Issued<O>
    : void;

export type ParametersOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [Parameter in Name]: string } & ParametersOf<Rest>
  : object;
