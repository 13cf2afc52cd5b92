// The refusals of use cases and of API Gateway. Stores return outcomes instead.

export const errors = {
  parse_error: { status: 400, detail: "JSON parse error." },
  code_refused: {
    status: 400,
    detail: "The code is wrong or no longer valid. Only the code in the newest email works.",
  },
  activation_refused: { status: 400, detail: "The code is wrong or no longer valid. Ask for a new one." },
  no_active_account: { status: 401, detail: "No active account found with the given credentials" },
  sign_in_refused: { status: 401, detail: "The code is wrong or has expired. Ask for a new one." },
  not_authenticated: { status: 401, detail: "Authentication credentials were not provided." },
  bad_authorization_header: {
    status: 401,
    detail: "Authorization header must contain two space-delimited values",
  },
  token_not_valid: { status: 401, detail: "Token is invalid or expired" },
  user_inactive: { status: 401, detail: "User is inactive" },
  user_not_found: { status: 401, detail: "User not found" },
  permission_denied: { status: 403, detail: "You do not have permission to perform this action." },
  challenge_required: {
    status: 403,
    detail: "Show that you are not a robot: solve the challenge and send its token.",
  },
  challenge_failed: {
    status: 403,
    detail: "The challenge was not solved, or its token is no longer valid. Solve it again.",
  },
  foreign_origin: { status: 403, detail: "Only the pages of this service may call this." },
  cursor_not_valid: { status: 400, detail: "Invalid cursor" },
  not_yourself: {
    status: 400,
    detail: "Administrators can't delete, deactivate or demote their own account. Ask another administrator.",
  },
  not_activated: {
    status: 400,
    detail: "This registration is not activated yet. Send it an activation code first.",
  },
  deletion_waits: {
    status: 400,
    detail: "The email address of this account was changed recently, and the change can still be undone.",
  },
  deactivated: { status: 400, detail: "This account is deactivated. Activate it first." },
  account_frozen: {
    status: 400,
    detail:
      "This account is frozen until its new address is confirmed. Cancel the change of address to unfreeze it.",
  },
  no_address_move: { status: 400, detail: "No change to another mailbox is waiting for this account." },
  second_administrator_needed: {
    status: 400,
    detail:
      "Another administrator can confirm this change now, if they were appointed more than 72 hours ago. Others can after 72 hours.",
  },
  operator_needed: {
    status: 400,
    detail: "Only an operator can move an administrator's account to another mailbox.",
  },
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
    detail: "Too many wrong codes for this address. A new code won't help.",
  },
  code_guesses_used_up: {
    status: 429,
    detail:
      "Too many consecutive wrong codes for this address. Reset the password, or use a device that you have signed in on before.",
  },
  too_many_password_guesses: { status: 429, detail: "Too many password attempts." },
  too_many_tries_from_network: { status: 429, detail: "Too many attempts from your network." },
  too_many_letters: {
    status: 429,
    detail: "Too many emails were requested for this address. Check its inbox.",
  },
  too_many_address_changes: { status: 429, detail: "The email address can't be changed again yet." },
  too_many_password_changes: { status: 429, detail: "Too many password changes." },
  too_many_username_changes: { status: 429, detail: "Too many username changes." },
  too_many_letters_from_network: { status: 429, detail: "Too many emails requested from your network." },
  too_many_staff_acts: {
    status: 429,
    detail:
      "You have made too many changes as an administrator. An operator can change many accounts at once.",
  },
  too_many_invitations: { status: 429, detail: "You have invited too many people." },
  too_many_exports: { status: 429, detail: "You have exported the data of too many people." },
  too_many_address_moves: { status: 429, detail: "You have moved too many accounts to another mailbox." },
  letter_budget_spent: {
    status: 429,
    detail: "The service can't send more activation codes at the moment.",
  },
  unexpected_failure: { status: 500, detail: "Something went wrong on our side. Try again." },
  service_unavailable: { status: 503, detail: "The service is busy. Try again." },
} as const satisfies Record<string, { status: number; detail: string }>;

export type ErrorCode = keyof typeof errors;

/** The refusals of a password or code. `token_not_valid` is none: tokens expire normally. */
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
  // A unit is used from twice its length on. Otherwise 61 minutes would become "2 hours".
  const [unit, length] = units.find(([, length]) => seconds >= 2 * length) ?? ["second", 1];
  const count = Math.ceil(seconds / length);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
};

/** Made on demand: it takes several milliseconds, and hardly any call needs it. */
const createTimeFormat = () =>
  new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: "UTC",
  });

/** Rounded up to whole minutes, so that waiting until then is enough. */
const timeInWords = (epochSeconds: number): string => {
  const parts = createTimeFormat().formatToParts(Math.ceil(epochSeconds / 60) * 60_000);
  const [day, month, year, hour, minute] = (["day", "month", "year", "hour", "minute"] as const).map(
    (type) => parts.find((part) => part.type === type)?.value,
  );
  return `${day} ${month} ${year}, ${hour}:${minute} UTC`;
};

export const sentenceOf = (code: ErrorCode, retryAfterSeconds?: number, until?: number): string => {
  const { detail, status } = errors[code];
  if (until !== undefined) return `${detail} You can delete the account from ${timeInWords(until)} on.`;
  // This limit lasts a year, so its sentence suggests other ways to sign in.
  if (status !== 429 || retryAfterSeconds === undefined || code === "code_guesses_used_up") return detail;
  return `${detail} Try again in ${waitInWords(retryAfterSeconds)}.`;
};

export class ApiError extends Error {
  readonly code: ErrorCode;
  readonly retryAfterSeconds: number | undefined;
  /** The time in epoch seconds from which on the call is allowed, if its sentence tells it. */
  readonly until: number | undefined;
  /** The account that the refusal concerns. It is logged and not sent to the caller. */
  readonly userId: string | undefined;

  constructor(
    code: ErrorCode,
    options: { retryAfterSeconds?: number; until?: number; userId?: string } = {},
  ) {
    super(code);
    this.name = "ApiError";
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.until = options.until;
    this.userId = options.userId;
  }
}

/** Becomes a 400 response in Django REST framework's form: `{"field": ["sentence", …]}`. */
export class FieldErrors extends Error {
  readonly fields: Record<string, string[]>;
  /** True if a field was a wrong current password, which the security log records. */
  readonly wrongSecret: boolean;

  constructor(fields: Record<string, string[]>, { wrongSecret = false } = {}) {
    super("field_errors");
    this.name = "FieldErrors";
    this.fields = fields;
    this.wrongSecret = wrongSecret;
  }
}

/** Django's sentence, which clients match on. */
export const usernameTaken = "A user with that username already exists.";
export const emailTaken = "A user with that email already exists.";
