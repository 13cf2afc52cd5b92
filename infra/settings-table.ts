/** Every setting of a deployment. Values that functions receive obey the schemas that the functions check them with. */
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import * as z from "zod";
import { variables } from "../shared/platform/environment.ts";

const wholeNumber = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);
const withoutSlash = (url: string) => !url.endsWith("/");
const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;
const areOrigins = (text: string) => text === "*" || text.split(",").every((item) => isOrigin(item.trim()));

/** Name → schema, default (null: none) and the line of explanation that `.env.sample` carries. */
export const settingsTable = {
  STAGE: {
    schema: z.string().regex(/^[a-z][a-z0-9-]{0,15}$/),
    fallback: "dev",
    help: "Name of this deployment: part of stack names and the API's path; prod keeps its data when deleted",
  },
  PRODUCT_NAME: {
    schema: variables.PRODUCT_NAME,
    fallback: "LIT Auth",
    help: "Name that letters and pages show",
  },
  MAIL_FROM: { schema: variables.MAIL_FROM, fallback: null, help: "Required. Sender of all letters" },
  MAIL_IDENTITY: {
    schema: z.string().min(1).optional(),
    fallback: null,
    help: "What SES verifies: MAIL_FROM itself (the default) or its domain",
  },
  PUBLIC_URL: {
    schema: variables.PUBLIC_URL.refine(withoutSlash, "must not end in a slash").optional(),
    fallback: null,
    help: "Address of the API behind a custom domain, without a slash at the end; the tokens' iss. Default: API Gateway's own",
  },
  TOKEN_AUDIENCE: { schema: variables.TOKEN_AUDIENCE, fallback: "lit-auth", help: "The tokens' aud" },
  ALLOWED_ORIGINS: {
    schema: variables.ALLOWED_ORIGINS.refine(areOrigins, "must be * or origins separated by commas"),
    fallback: "*",
    help: "Origins whose pages may call the API, separated by commas, or *",
  },
  OTP_LIFETIME_SECONDS: {
    schema: variables.OTP_LIFETIME_SECONDS,
    fallback: "600",
    help: "How long a code works, counted from the moment of sending; ten minutes at most",
  },
  UNACTIVATED_ACCOUNT_DAYS: {
    schema: variables.UNACTIVATED_ACCOUNT_DAYS,
    fallback: "7",
    help: "How long a registration waits for its code",
  },
  UNPROVEN_LETTERS_PER_TEN_MINUTES: {
    schema: variables.UNPROVEN_LETTERS_PER_TEN_MINUTES,
    fallback: "3",
    help: "Letters to one address that no password of an account has proven, such as registering sends",
  },
  UNPROVEN_LETTERS_PER_HOUR: {
    schema: variables.UNPROVEN_LETTERS_PER_HOUR,
    fallback: "5",
    help: "The same within an hour",
  },
  UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR: {
    schema: variables.UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR,
    fallback: "20",
    help: "Such letters asked for from one network (an IPv4 address, a /64 of IPv6), to whatever addresses; registering with a username that is taken counts too",
  },
  UNPROVEN_LETTERS_OF_ALL_PER_HOUR: {
    schema: variables.UNPROVEN_LETTERS_OF_ALL_PER_HOUR,
    fallback: "1000",
    help: "Such letters in all; signing in goes on when they are used up, and an alarm goes off",
  },
  TRIES_PER_NETWORK_PER_TEN_MINUTES: {
    schema: variables.TRIES_PER_NETWORK_PER_TEN_MINUTES,
    fallback: "100",
    help: "Passwords and codes tried from one network, right or wrong; known devices are not counted",
  },
  REFUSAL_FLOOR_MILLISECONDS: {
    schema: variables.REFUSAL_FLOOR_MILLISECONDS,
    fallback: "0",
    help: "While imported, weaker password hashes exist: refusals of a password take at least so long (800 covers Django's), so that time does not tell who was imported",
  },
  PWNED_PASSWORDS_URL: {
    schema: variables.PWNED_PASSWORDS_URL,
    fallback: "off",
    help: "Refuse passwords known from breaches: https://api.pwnedpasswords.com/range/ (five characters of a hash leave, never the password), or off",
  },
  ACCESS_TOKEN_LIFETIME_SECONDS: {
    schema: variables.ACCESS_TOKEN_LIFETIME_SECONDS,
    fallback: "900",
    help: "How long an access token works",
  },
  SESSION_IDLE_SECONDS: {
    schema: variables.SESSION_IDLE_SECONDS,
    fallback: "604800",
    help: "A session unused for so long ends",
  },
  SESSION_LIFETIME_SECONDS: {
    schema: variables.SESSION_LIFETIME_SECONDS,
    fallback: "2592000",
    help: "A session ends after so long, used or not",
  },
  KEY_ROTATION_DAYS: {
    // A code is good for one rotation after its own key, and the longest, which undoes a change of address, for a week.
    schema: wholeNumber(8, 365),
    fallback: "30",
    help: "How often the keys behind tokens and codes are rotated; more than a week",
  },
  LOG_RETENTION_DAYS: {
    schema: z.coerce.number().pipe(z.enum(RetentionDays)),
    fallback: "60",
    help: "How long logs are kept; one of CloudWatch's steps (1 3 5 7 14 30 60 90 120 150 180 365 400 …). Longer than backups (35 days): after a restore they say whom to delete again",
  },
  THROTTLE_REQUESTS_PER_SECOND: {
    schema: wholeNumber(1, 10_000),
    fallback: "100",
    help: "Requests a second to each operation that has no limit of its own below, before it answers 429; API Gateway counts by operation",
  },
  THROTTLE_BURST_REQUESTS: {
    schema: wholeNumber(1, 5_000),
    fallback: "200",
    help: "Requests at once that each of these takes above that rate",
  },
  THROTTLE_HASHING_REQUESTS_PER_SECOND: {
    schema: wholeNumber(1, 10_000),
    fallback: "40",
    help: "Requests a second to each operation that hashes a password, from everybody together; against one flooding network turn on WAF",
  },
  THROTTLE_HASHING_BURST_REQUESTS: {
    schema: wholeNumber(1, 5_000),
    fallback: "60",
    help: "Requests at once that each of these takes above that rate",
  },
  THROTTLE_PUBLIC_REQUESTS_PER_SECOND: {
    schema: wholeNumber(1, 10_000),
    fallback: "50",
    help: "Requests a second to each other operation that anybody may POST to, such as trading a code or a refresh token",
  },
  THROTTLE_PUBLIC_BURST_REQUESTS: {
    schema: wholeNumber(1, 5_000),
    fallback: "100",
    help: "Requests at once that each of these takes above that rate",
  },
  HASHING_CONCURRENCY: {
    schema: wholeNumber(0, 1_000),
    fallback: "0",
    help: "Lambda concurrency reserved for, and the most of, each function that hashes, so that a flood of sign-ups starves nothing else: 10 where the account's quota is 1000; 0 (none) in a new account, whose quota of 10 can't be reserved from",
  },
  WAF: {
    schema: z.enum(["on", "off"]),
    fallback: "off",
    help: "on: a web ACL of AWS's managed rules and a rate limit per address before the API (about 9 USD a month and 0.60 a million requests)",
  },
  WAF_REQUESTS_PER_FIVE_MINUTES: {
    schema: wholeNumber(10, 2_000_000_000),
    fallback: "2000",
    help: "Requests from one IP address within five minutes that the web ACL lets through",
  },
  FAILED_GUESSES_ALARM_PER_HOUR: {
    schema: wholeNumber(1, 1_000_000),
    fallback: "100",
    help: "Passwords and codes refused within an hour, over all accounts, that raise an alarm",
  },
  ALARM_EMAIL: {
    schema: z.email().optional(),
    fallback: null,
    help: "Who is told of alarms; nobody if empty",
  },
} as const satisfies Record<string, { schema: z.ZodType; fallback: string | null; help: string }>;
