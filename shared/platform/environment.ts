/**
 * Every variable that functions read, with its type. A missing or bad one stops the function and is named; there is no
 * default that could mean "local". The infrastructure hands each function only the ones that its grants name.
 */
import * as z from "zod";

const filled = z.string().min(1);
const wholeNumber = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);

export const variables = {
  USERS_TABLE: filled,
  SESSIONS_TABLE: filled,
  LIMITS_TABLE: filled,
  MAIL_QUEUE_URL: filled,
  /** Keys of addresses and limits are made with it; it never changes. */
  PSEUDONYM_SECRET_ID: filled,
  /** Digests of codes are made with it; it rotates. */
  DIGEST_SECRET_ID: filled,
  /** Private key set; only signers get it. */
  SIGNING_KEYS_ID: filled,
  /** Public key set (JWKS). */
  VERIFICATION_KEYS_ID: filled,
  /** The API's own address without a trailing slash: the tokens' `iss`. */
  PUBLIC_URL: z.url(),
  /** The tokens' `aud`. */
  TOKEN_AUDIENCE: filled,
  /** Comma-separated origins, or `*`. */
  ALLOWED_ORIGINS: filled,
  /** In UTF-8 at most 45 bytes: one encoded word of a mail header (RFC 2047). */
  PRODUCT_NAME: filled.refine((name) => Buffer.byteLength(name) <= 45, "must not be longer than 45 bytes"),
  /** Sender of all letters. */
  MAIL_FROM: z.email(),
  /** ASVS 6.5.5: ten minutes at most. */
  OTP_LIFETIME_SECONDS: wholeNumber(60, 600),
  /** Letters to one address that no password of an account has proven. */
  UNPROVEN_LETTERS_PER_TEN_MINUTES: wholeNumber(1, 100_000),
  UNPROVEN_LETTERS_PER_HOUR: wholeNumber(1, 100_000),
  /** The same from one network, to whatever addresses, and from everybody. */
  UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR: wholeNumber(1, 1_000_000),
  UNPROVEN_LETTERS_OF_ALL_PER_HOUR: wholeNumber(1, 10_000_000),
  /** Passwords and codes tried from one network. */
  TRIES_PER_NETWORK_PER_TEN_MINUTES: wholeNumber(1, 1_000_000),
  /** While weaker hashes exist, a refusal of a password takes at least so long. */
  REFUSAL_FLOOR_MILLISECONDS: wholeNumber(0, 5_000),
  /** Address of a Pwned Passwords range service with a slash at the end, or `off`. */
  PWNED_PASSWORDS_URL: z.union([z.literal("off"), z.url().endsWith("/")]),
  UNACTIVATED_ACCOUNT_DAYS: wholeNumber(1, 365),
  ACCESS_TOKEN_LIFETIME_SECONDS: wholeNumber(60, 86_400),
  SESSION_IDLE_SECONDS: wholeNumber(60, 31_536_000),
  SESSION_LIFETIME_SECONDS: wholeNumber(60, 31_536_000),
} as const;

export type VariableName = keyof typeof variables;
type Environment = { [Name in VariableName]: z.output<(typeof variables)[Name]> };

const readings = new Map<string, { raw: string | undefined; parsed: z.ZodSafeParseResult<unknown> }>();

/** Parsed once per value: some are read at every request. */
const reading = (name: VariableName): z.ZodSafeParseResult<unknown> => {
  const raw = process.env[name];
  const known = readings.get(name);
  if (known?.raw === raw && known) return known.parsed;
  const parsed = variables[name].safeParse(raw);
  readings.set(name, { raw, parsed });
  return parsed;
};

/** Reads the named variables. Throws one error that lists every missing or bad one by name, never by value. */
export const environment = <Name extends VariableName>(...names: Name[]): Pick<Environment, Name> => {
  const bad = names.filter((name) => !reading(name).success);
  if (bad.length > 0) throw new Error(`missing or bad environment variables: ${bad.join(", ")}`);
  return Object.fromEntries(names.map((name) => [name, reading(name).data])) as Pick<Environment, Name>;
};

/** One of them; throws as `environment` does. */
export const variable = <Name extends VariableName>(name: Name): Environment[Name] => environment(name)[name];
