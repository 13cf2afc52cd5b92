/** What an operation of the contract is, and what can be derived from one. */
import type * as z from "zod";
import type { ErrorCode } from "./errors.ts";

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
  /** Whether a device token that the caller sends counts: in the header `X-Device-Token`, or in its cookie. */
  readonly readsDeviceToken?: true;
  /** The use case returns one besides its result; it leaves as header and cookie, never in the body. */
  readonly issuesDeviceToken?: true;
  /** For answers that are the same for everybody: how long they may be kept, in seconds. Others are never kept. */
  readonly cacheSeconds?: number;
  /** Refusals beside the ones that every operation can give (see `commonErrors`). */
  readonly errors: readonly ErrorCode[];
};

/** Refusals of every operation that takes a bearer token, of those for staff, of all, and of all that read a body. */
export const bearerErrors = [
  "not_authenticated",
  "bad_authorization_header",
  "token_not_valid",
  "user_inactive",
  "user_not_found",
] as const;

export const staffErrors = [...bearerErrors, "permission_denied"] as const;

/** Refusals by the limits on letters that no password has proven, and on guesses of a six-digit code. */
export const letterErrors = [
  "too_many_letters",
  "too_many_letters_from_network",
  "letter_budget_spent",
] as const satisfies readonly ErrorCode[];

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

/** What a use case receives: the body after validation. */
export type BodyOf<O extends Operation> = O extends { body: infer B extends z.ZodObject }
  ? z.output<B>
  : object;

/** What a use case receives of the query string. */
export type QueryOf<O extends Operation> = O extends { query: infer Q extends z.ZodObject }
  ? z.output<Q>
  : object;

type Issued<O extends Operation> = O extends { issuesDeviceToken: true } ? { deviceToken: string } : unknown;

/** What a use case returns, before the filter. */
export type ResultOf<O extends Operation> = O["success"] extends { body: infer B extends z.ZodObject }
  ? z.input<B> & Issued<O>
  : O extends { issuesDeviceToken: true }
    ? Issued<O>
    : void;

/** The names in a path's braces. */
export type ParametersOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { [Parameter in Name]: string } & ParametersOf<Rest>
  : object;
