// No variable has a default, because the default could mean "local" in production.
import * as z from "zod";

const filled = z.string().min(1);
/** Without TLS, only a stand-in on this machine may get it. */
const mayGetSecret = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost"].includes(hostname));
};
/** Issuers are compared letter by letter. */
const areIssuers = (text: string): boolean =>
  text.split(",").every((issuer) => {
    if (!mayGetSecret(issuer) || /[*?#@\s]|\/$/.test(issuer)) return false;
    const { href } = new URL(issuer);
    return href === issuer || href === `${issuer}/`;
  });
const wholeNumber = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);

export const variables = {
  USERS_TABLE: filled,
  SESSIONS_TABLE: filled,
  LIMITS_TABLE: filled,
  HISTORY_TABLE: filled,
  MAIL_QUEUE_URL: filled,
  MAIL_DEAD_LETTERS_URL: filled,
  NOTICE_QUEUE_URL: filled,
  NOTICE_DEAD_LETTERS_URL: filled,
  /** The name of the stage's bus. */
  EVENT_BUS: filled,
  EVENTS_DEAD_LETTERS_URL: filled,
  /** `off` if the stage has no webhooks. */
  WEBHOOK_QUEUE_URL: filled,
  WEBHOOK_RETRIES_URL: filled,
  WEBHOOK_DEAD_LETTERS_URL: filled,
  WEBHOOK_SECRET_ID: filled,
  /** The settings have checked it. */
  WEBHOOK_URL: z.url(),
  FEEDBACK_QUEUE_URL: filled,
  FEEDBACK_DEAD_LETTERS_URL: filled,
  /** The secret behind address keys and limit keys. It never changes. */
  PSEUDONYM_SECRET_ID: filled,
  DIGEST_SECRET_ID: filled,
  /** The secret behind device tokens. Replacing it makes all devices unknown. */
  DEVICE_SECRET_ID: filled,
  SIGNING_KEYS_ID: filled,
  VERIFICATION_KEYS_ID: filled,
  /** The API's URL without a trailing slash, which is the tokens' `iss`. */
  PUBLIC_URL: z.url(),
  /** Earlier values of PUBLIC_URL, separated by commas, or `off`. */
  ISSUERS_ACCEPTED: z.union([
    z.literal("off"),
    z
      .string()
      .refine(
        areIssuers,
        "must be earlier issuers as their tokens spell them: https:// URLs without a slash at the end, separated by commas",
      ),
  ]),
  TOKEN_AUDIENCE: filled,
  ALLOWED_ORIGINS: filled,
  /** One encoded word of a mail header holds 45 bytes of UTF-8 (RFC 2047). */
  PRODUCT_NAME: filled.refine((name) => Buffer.byteLength(name) <= 45, "must not be longer than 45 bytes"),
  /** A language of `shared/identity/locale.ts`. */
  DEFAULT_LOCALE: filled,
  MAIL_FROM: z.email(),
  MAIL_REPLY_TO: z.union([z.literal("off"), z.email()]),
  /** CloudWatch's namespace of the stage's own metrics. */
  METRICS_NAMESPACE: filled,
  /** All letters are sent through this configuration set of SES. */
  CONFIGURATION_SET: filled,
  /** ASVS 6.5.5 allows at most ten minutes. */
  OTP_LIFETIME_SECONDS: wholeNumber(60, 600),
  /** An unproven letter goes to an address that may not belong to the person who asks for it. */
  UNPROVEN_LETTERS_PER_TEN_MINUTES: wholeNumber(1, 100_000),
  UNPROVEN_LETTERS_PER_HOUR: wholeNumber(1, 100_000),
  UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR: wholeNumber(1, 1_000_000),
  UNPROVEN_LETTERS_OF_ALL_PER_HOUR: wholeNumber(1, 10_000_000),
  UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY: wholeNumber(1, 1_000_000),
  /** Who says which servers take a domain's mail: the system, an `ip:port`, or `off` for no one. */
  MX_RESOLVER: z.string().regex(/^(?:system|off|\d{1,3}(?:\.\d{1,3}){3}:\d{1,5})$/),
  TRIES_PER_NETWORK_PER_TEN_MINUTES: wholeNumber(1, 1_000_000),
  /** The minimum time of a refused password (see `refusal-floor`). */
  REFUSAL_FLOOR_MILLISECONDS: wholeNumber(0, 5_000),
  /** The URL of a Pwned Passwords range service with a slash at the end, or `off`. */
  PWNED_PASSWORDS_URL: z.union([z.literal("off"), z.url().endsWith("/")]),
  CHALLENGE_VERIFY_URL: z.union([z.literal("off"), z.url().refine(mayGetSecret, "must begin with https://")]),
  CHALLENGE_SECRET_ID: filled,
  CHALLENGE_HOSTNAMES: filled,
  CHALLENGE_FREE_PER_NETWORK_PER_HOUR: wholeNumber(0, 1_000_000),
  CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER: z.enum(["refuse", "allow"]),
  UNACTIVATED_ACCOUNT_DAYS: wholeNumber(1, 365),
  KEY_ROTATION_DAYS: wholeNumber(1, 365),
  HISTORY_DAYS: wholeNumber(1, 3_650),
  ACCESS_TOKEN_LIFETIME_SECONDS: wholeNumber(60, 86_400),
  SESSION_IDLE_SECONDS: wholeNumber(60, 31_536_000),
  SESSION_LIFETIME_SECONDS: wholeNumber(60, 31_536_000),
} as const;

export type VariableName = keyof typeof variables;
type Environment = { [Name in VariableName]: z.output<(typeof variables)[Name]> };

export const isLambda = (): boolean => process.env["AWS_LAMBDA_INITIALIZATION_TYPE"] !== undefined;

/** Without the challenge's, which few calls need. */
export const secretIds = (): string[] =>
  Object.keys(variables)
    .filter((name) => name.endsWith("_ID") && name !== "CHALLENGE_SECRET_ID")
    .flatMap((name) => process.env[name] ?? []);

/** The functions that watch the age of keys have `KEY_ROTATION_DAYS`. */
export const watchedKeys = (): { ids: (string | undefined)[]; rotationDays: number } | undefined =>
  process.env["KEY_ROTATION_DAYS"] === undefined
    ? undefined
    : {
        ids: [process.env["SIGNING_KEYS_ID"], process.env["DIGEST_SECRET_ID"]],
        rotationDays: variable("KEY_ROTATION_DAYS"),
      };

const readings = new Map<string, { raw: string | undefined; parsed: z.ZodSafeParseResult<unknown> }>();

// Results are cached, because some variables are read on every request.
const reading = (name: VariableName): z.ZodSafeParseResult<unknown> => {
  const raw = process.env[name];
  const known = readings.get(name);
  if (known?.raw === raw && known) return known.parsed;
  const parsed = variables[name].safeParse(raw);
  readings.set(name, { raw, parsed });
  return parsed;
};

/** Throws one error that lists all missing or invalid variables by name, never by value. */
export const environment = <Name extends VariableName>(...names: Name[]): Pick<Environment, Name> => {
  const bad = names.filter((name) => !reading(name).success);
  if (bad.length > 0) throw new Error(`missing or bad environment variables: ${bad.join(", ")}`);
  return Object.fromEntries(names.map((name) => [name, reading(name).data])) as Pick<Environment, Name>;
};

export const variable = <Name extends VariableName>(name: Name): Environment[Name] => environment(name)[name];
