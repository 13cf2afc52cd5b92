import type { Operations } from "./operations.ts";

/** What the client finds out itself: fields that were refused, and answers that did not come. */
export type ClientCode = "fields_refused" | "no_answer" | "aborted" | "unexpected_answer";

type Details<Code extends string, Field extends string> = {
  /** Decide by this. It is one of the contract's codes or one of `ClientCode`. */
  code: Code;
  /** A sentence for people. */
  message: string;
  /** The status of the answer, or 0 if none came. */
  status: number;
  /** Sentences by field, if `code` is `fields_refused`. Otherwise it is empty. */
  fields?: { [Name in Field | "non_field_errors"]?: readonly string[] };
  /** How long to wait, if the answer says so (`Retry-After`). */
  retryAfterSeconds?: number | undefined;
  /** Names the request in the service's logs (`x-request-id`). */
  requestId?: string | undefined;
};

export class AuthError<Code extends string = string, Field extends string = string> extends Error {
  declare readonly code: Code;
  declare readonly status: number;
  declare readonly fields: NonNullable<Details<Code, Field>["fields"]>;
  declare readonly retryAfterSeconds: number | undefined;
  declare readonly requestId: string | undefined;

  constructor(details: Details<Code, Field>) {
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
