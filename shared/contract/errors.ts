/** Every refusal a caller can get: one table, one shape. Stores return outcomes; use cases throw these. */

export const errors = {
  parse_error: { status: 400, detail: "JSON parse error." },
  code_refused: { status: 400, detail: "The code is wrong or no longer valid. Ask for a new one." },
  activation_refused: { status: 400, detail: "The code is wrong or no longer valid. Ask for a new one." },
  no_active_account: { status: 401, detail: "No active account found with the given credentials" },
  sign_in_refused: { status: 401, detail: "No account found with the given credentials" },
  not_authenticated: { status: 401, detail: "Authentication credentials were not provided." },
  bad_authorization_header: {
    status: 401,
    detail: "Authorization header must contain two space-delimited values",
  },
  token_not_valid: { status: 401, detail: "Token is invalid or expired" },
  user_inactive: { status: 401, detail: "User is inactive" },
  user_not_found: { status: 401, detail: "User not found" },
  permission_denied: { status: 403, detail: "You do not have permission to perform this action." },
  cursor_not_valid: { status: 400, detail: "Invalid cursor" },
  not_yourself: { status: 400, detail: "Nobody of the staff can delete, deactivate or demote himself." },
  not_activated: { status: 400, detail: "This registration has not been activated yet." },
  deactivated: { status: 400, detail: "This account is deactivated. Activate it first." },
  not_found: { status: 404, detail: "Not found." },
  method_not_allowed: { status: 405, detail: "Method not allowed." },
  request_too_large: { status: 413, detail: "The request is too large." },
  unsupported_media_type: {
    status: 415,
    detail: "Unsupported media type in request. Send application/json.",
  },
  throttled: { status: 429, detail: "Too many requests. Try again later." },
  too_many_code_guesses: {
    status: 429,
    detail: "Too many wrong codes for this address. A new code does not help.",
  },
  code_guesses_used_up: {
    status: 429,
    detail:
      "Too many wrong codes in a row for this address. Reset the password, or sign in on a device that you have used before.",
  },
  too_many_password_guesses: { status: 429, detail: "Too many password attempts." },
  too_many_tries_from_network: { status: 429, detail: "Too many attempts from your network." },
  too_many_letters: {
    status: 429,
    detail: "Too many letters to this address. Look into its mailbox.",
  },
  too_many_address_changes: { status: 429, detail: "Too many changes of address were asked for." },
  too_many_letters_from_network: { status: 429, detail: "Too many letters asked for from your network." },
  letter_budget_spent: { status: 429, detail: "More letters were asked for than we send in an hour." },
  unexpected_failure: { status: 500, detail: "Something went wrong on our side. Try again." },
  service_unavailable: { status: 503, detail: "The service is busy. Try again." },
} as const satisfies Record<string, { status: number; detail: string }>;

export type ErrorCode = keyof typeof errors;

/** Refusals of a secret that somebody tried. Tokens that have merely expired are none. */
export const guessRefusals: ReadonlySet<ErrorCode> = new Set([
  "activation_refused",
  "sign_in_refused",
  "no_active_account",
  "code_refused",
]);

const waitInWords = (seconds: number): string => {
  const units = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ] as const;
  // Two of a unit at least: "in 1 hour" could be 61 minutes or 119.
  const [unit, length] = units.find(([, length]) => seconds >= 2 * length) ?? ["second", 1];
  const count = Math.ceil(seconds / length);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
};

/** The sentence that a caller reads: with the time to wait, where there is one. */
export const sentenceOf = (code: ErrorCode, retryAfterSeconds?: number): string => {
  const { detail, status } = errors[code];
  // Waiting for a year is no advice; the sentence gives another.
  if (status !== 429 || retryAfterSeconds === undefined || code === "code_guesses_used_up") return detail;
  return `${detail} Try again in ${waitInWords(retryAfterSeconds)}.`;
};

/** A refusal with a code from the table. `retryAfterSeconds` becomes the `Retry-After` header. */
export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
  /** Whose account it is about, for the log. */
  readonly userId: string | undefined;

  constructor(code: ErrorCode, options: { retryAfterSeconds?: number; userId?: string } = {}) {
    super(code);
    this.name = "ApiError";
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.userId = options.userId;
  }
}

/** A body that breaks rules, by field: Django REST framework's `{"field": ["sentence", …]}`. Always 400. */
export class FieldErrors extends Error {
  readonly fields: Record<string, string[]>;
  /** Whether one of the fields was a secret that somebody tried: the log wants to know. */
  readonly wrongSecret: boolean;

  constructor(fields: Record<string, string[]>, { wrongSecret = false } = {}) {
    super("field_errors");
    this.name = "FieldErrors";
    this.fields = fields;
    this.wrongSecret = wrongSecret;
  }
}

/** Django's sentence for a username that another account or registration has. */
export const usernameTaken = "A user with that username already exists.";
