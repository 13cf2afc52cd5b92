import { RetentionDays } from "aws-cdk-lib/aws-logs";
import * as z from "zod";
import { variables } from "../shared/platform/environment.ts";
import { hashes, refusalFloorMilliseconds } from "./grants/grant-words.ts";
import { outsideServices } from "./outside-services.ts";

const wholeNumber = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);
const withoutSlash = (url: string) => !url.endsWith("/");
const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text;
const areOrigins = (text: string) => text === "*" || text.split(",").every((item) => isOrigin(item.trim()));

/** `fallback` is the default (null: none), and `help` is the explanation in `.env.sample`. */
export const settingsTable = {
  STAGE: {
    schema: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,15}$/, "use a lower-case letter, then up to 15 letters, digits and hyphens"),
    fallback: "dev",
    help: "Name of this deployment. It is part of the stack names and of the API's path. Only the stage named prod keeps its data when its stacks are deleted.",
  },
  PRODUCT_NAME: {
    schema: variables.PRODUCT_NAME,
    fallback: "LIT Auth",
    help: "The product name in emails. New passwords must not be similar to it.",
  },
  MAIL_FROM: {
    schema: variables.MAIL_FROM,
    fallback: null,
    help: "Required. The sender address of all emails.",
  },
  MAIL_IDENTITY: {
    schema: z.string().min(1).optional(),
    fallback: null,
    help: "The identity that SES verifies: MAIL_FROM itself (the default) or its domain.",
  },
  PUBLIC_URL: {
    schema: variables.PUBLIC_URL.refine(withoutSlash, "must not end in a slash").optional(),
    fallback: null,
    help: "The API's URL if it has a custom domain, without a trailing slash. It is the iss claim of the tokens. Default: API Gateway's own URL.",
  },
  TOKEN_AUDIENCE: {
    schema: variables.TOKEN_AUDIENCE,
    fallback: "lit-auth",
    help: "The aud claim of the tokens.",
  },
  ALLOWED_ORIGINS: {
    schema: variables.ALLOWED_ORIGINS.refine(areOrigins, "must be * or origins separated by commas"),
    fallback: "*",
    help: "CORS: pages of these origins may call the API. Separate them by commas, or use * for all.",
  },
  OTP_LIFETIME_SECONDS: {
    schema: variables.OTP_LIFETIME_SECONDS,
    fallback: "600",
    help: "How long a code is valid after its email was sent. The maximum is ten minutes.",
  },
  UNACTIVATED_ACCOUNT_DAYS: {
    schema: variables.UNACTIVATED_ACCOUNT_DAYS,
    fallback: "7",
    help: "How long a registration can still be activated.",
  },
  UNPROVEN_LETTERS_PER_TEN_MINUTES: {
    schema: variables.UNPROVEN_LETTERS_PER_TEN_MINUTES,
    fallback: "3",
    help: "Limit on emails to one mailbox in ten minutes that anyone can request: after registering (all spellings of the mailbox together), for a reset (per exact address), and for a change of address, each counted apart. Above it, the answer stays the same, and an email leaves only when the code in the previous one has expired. It limits the address changes of an account as well.",
  },
  UNPROVEN_LETTERS_PER_HOUR: {
    schema: variables.UNPROVEN_LETTERS_PER_HOUR,
    fallback: "5",
    help: "Limit on the same emails in an hour.",
  },
  UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR: {
    schema: variables.UNPROVEN_LETTERS_PER_NETWORK_PER_HOUR,
    fallback: "20",
    help: "Limit on such emails in an hour that one network (an IPv4 address or an IPv6 /64) triggers, to any addresses, for registrations, resets and changes of address apart. Registering with a taken username counts too.",
  },
  UNPROVEN_LETTERS_OF_ALL_PER_HOUR: {
    schema: variables.UNPROVEN_LETTERS_OF_ALL_PER_HOUR,
    fallback: "1000",
    help: "Limit on the emails after registrations in an hour, all together. When it is reached, an alarm goes off and no one can register until the hour ends; resets and sign-ins go on.",
  },
  TRIES_PER_NETWORK_PER_TEN_MINUTES: {
    schema: variables.TRIES_PER_NETWORK_PER_TEN_MINUTES,
    fallback: "100",
    help: "Limit on passwords and codes that one network tries in ten minutes, right or wrong. Known devices are not counted.",
  },
  REFUSAL_FLOOR_MILLISECONDS: {
    schema: variables.REFUSAL_FLOOR_MILLISECONDS,
    fallback: String(refusalFloorMilliseconds(hashes.memoryMegabytes)),
    help: "Minimum response time when a password is refused. It hides whether a registration waits for its code, which takes a second hash to find out. Imported hashes take longer than ours: 800 also hides which accounts were imported from Django. The function waits and doesn't compute, and right passwords don't wait.",
  },
  ...outsideServices,
  ACCESS_TOKEN_LIFETIME_SECONDS: {
    schema: variables.ACCESS_TOKEN_LIFETIME_SECONDS,
    fallback: "900",
    help: "How long an access token is valid.",
  },
  SESSION_IDLE_SECONDS: {
    schema: variables.SESSION_IDLE_SECONDS,
    fallback: "604800",
    help: "A session ends when its tokens were not refreshed for this long.",
  },
  SESSION_LIFETIME_SECONDS: {
    schema: variables.SESSION_LIFETIME_SECONDS,
    fallback: "2592000",
    help: "A session ends after this time, even if it is in use.",
  },
  KEY_ROTATION_DAYS: {
    // A code survives only one rotation of its key.
    schema: wholeNumber(8, 365),
    fallback: "30",
    help: "How often the keys of tokens and codes are rotated. It must be more than a week, because some codes are valid for a week.",
  },
  KEY_OPERATOR_ARN: {
    schema: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:iam::\d{12}:(?:role|user)\/[\w+=,.@-][\w+=,.@/*-]*$/,
        "use the ARN of an IAM role or user",
      )
      .optional(),
    fallback: null,
    help: "The IAM role or user that may read the keys of tokens and codes, besides the functions that use them and the account's root user. If it is empty, no one else may, not even administrators of the account. Commands don't need it.",
  },
  LOG_RETENTION_DAYS: {
    schema: z.coerce.number().pipe(z.enum(RetentionDays)),
    fallback: "60",
    help: "How long logs are kept: one of CloudWatch's values (1 3 5 7 14 30 60 90 120 150 180 365 400 …). Keep them longer than backups (35 days): after a restore, the logs show which accounts to delete again.",
  },
  THROTTLE_REQUESTS_PER_SECOND: {
    schema: wholeNumber(1, 10_000),
    fallback: "100",
    help: "Requests per second to each operation that has no limit of its own below. API Gateway counts each operation separately and answers 429 above the limit.",
  },
  THROTTLE_BURST_REQUESTS: {
    schema: wholeNumber(1, 5_000),
    fallback: "200",
    help: "How many requests above that rate each of these operations accepts in a burst.",
  },
  THROTTLE_HASHING_REQUESTS_PER_SECOND: {
    schema: wholeNumber(1, 10_000),
    fallback: "40",
    help: "Requests per second to each operation that hashes a password, from all clients together. Against a flood from one network, turn on WAF.",
  },
  THROTTLE_HASHING_BURST_REQUESTS: {
    schema: wholeNumber(1, 5_000),
    fallback: "60",
    help: "How many requests above that rate each of these operations accepts in a burst.",
  },
  THROTTLE_PUBLIC_REQUESTS_PER_SECOND: {
    schema: wholeNumber(1, 10_000),
    fallback: "50",
    help: "Requests per second to each other public POST operation, such as exchanging a code or a refresh token.",
  },
  THROTTLE_PUBLIC_BURST_REQUESTS: {
    schema: wholeNumber(1, 5_000),
    fallback: "100",
    help: "How many requests above that rate each of these operations accepts in a burst.",
  },
  HASHING_CONCURRENCY: {
    schema: wholeNumber(0, 1_000),
    fallback: "0",
    help: "Lambda concurrency reserved for each function that hashes passwords. It is also the maximum, so that a flood of registrations doesn't starve other functions. Use 10 if the account's quota is 1000. Use 0 (no reservation) in a new account, because its quota of 10 allows none.",
  },
  WAF: {
    schema: z.enum(["on", "off"]).optional(),
    fallback: null,
    help: "on: a web ACL in front of the API, with AWS's managed rules and a rate limit per IP address. It costs about 9 USD a month and 0.60 USD per million requests. off: none. Default: on for the stage named prod, and off for all others.",
  },
  WAF_REQUESTS_PER_FIVE_MINUTES: {
    schema: wholeNumber(10, 2_000_000_000),
    fallback: "2000",
    help: "How many requests from one IP address the web ACL lets through in five minutes.",
  },
  RESET_LETTERS_ALARM_PER_HOUR: {
    schema: wholeNumber(1, 10_000_000),
    fallback: "100",
    help: "How many emails with a reset code in an hour, over all accounts, raise an alarm. Nothing stops them, because a limit on all would let a stranger stop the resets of others.",
  },
  FAILED_GUESSES_ALARM_PER_HOUR: {
    schema: wholeNumber(1, 1_000_000),
    fallback: "100",
    help: "How many refused passwords and codes in an hour, over all accounts, raise an alarm.",
  },
  REQUESTS_ALARM_PER_FIVE_MINUTES: {
    schema: wholeNumber(1, 100_000_000),
    fallback: "30000",
    help: "How many requests to the API in five minutes raise an alarm. The default is 100 a second. A month of them costs about 900 USD for API Gateway alone. Set it to a few times what your busiest five minutes have.",
  },
  ALARM_EMAIL: {
    schema: z.email().optional(),
    fallback: null,
    help: "The email address that receives alarms. If it is empty, no one is notified.",
  },
  MONTHLY_BUDGET_USD: {
    schema: wholeNumber(1, 10_000_000).optional(),
    fallback: null,
    help: "A monthly budget for the whole AWS account. ALARM_EMAIL is told when 80 % and 100 % are spent, and when the forecast exceeds it. Nothing is stopped. All stages share it, so give each the same value: the stage that is deployed last decides. If it is empty, there is no budget.",
  },
} as const satisfies Record<string, { schema: z.ZodType; fallback: string | null; help: string }>;
