import type { Operations } from "./operations.ts";

/**
 * What the client finds out itself: fields that were refused, no answer or one that makes no sense, a
 * call that you cancelled. `request_refused` comes from the gateway, before the service.
 */
export type ClientCode = "fields_refused" | "no_answer" | "aborted" | "unexpected_answer" | "request_refused";

type Fields<Field extends string> = { [Name in Field | "non_field_errors"]?: readonly string[] };

type Details = {
  code: string;
  message: string;
  status: number;
  fields?: Fields<string>;
  retryAfterSeconds?: number | undefined;
  requestId?: string | undefined;
};

/** Its `message` is a sentence for people. */
export class AuthError<Code extends string = string, Field extends string = string> extends Error {
  /** Decide by this. A later service may send codes that this version doesn't list. */
  declare readonly code: Code;
  /** The status of the answer, or 0 if none came. */
  declare readonly status: number;
  /** Sentences by field, if `code` is `fields_refused`. Otherwise it is empty. */
  declare readonly fields: Fields<Field>;
  /** How long to wait, if the answer says so (`Retry-After`). */
  declare readonly retryAfterSeconds: number | undefined;
  /** Names the request in the service's logs (`x-request-id`). */
  declare readonly requestId: string | undefined;

  constructor(details: Details) {
    super(details.message);
    Object.assign(this, { name: "AuthError", fields: {} }, details);
  }
}

type FieldOf<Sent> = Sent extends object ? Extract<keyof Sent, string> : never;

export type ErrorOf<Name extends keyof Operations> = AuthError<
  Operations[Name]["code"] | ClientCode,
  FieldOf<Operations[Name]["sent"]>
>;

/** Exactly one of the two is there. Methods return this and never reject. */
export type Result<Data, Failure> = { data: Data; error: null } | { data: null; error: Failure };

export type ResultOf<Name extends keyof Operations> = Result<Operations[Name]["answer"], ErrorOf<Name>>;
