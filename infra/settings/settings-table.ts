import { RetentionDays } from "aws-cdk-lib/aws-logs";
import * as z from "zod";
import { isLocale, locales } from "../../shared/identity/locale.ts";
import { variables } from "../../shared/platform/environment.ts";
import { capacitySettings } from "./capacity-settings.ts";
import { deploySettings } from "./deploy-settings.ts";
import { domainSettings } from "./domain-settings.ts";
import { operationSettings } from "./operation-settings.ts";
import { eventSettings } from "./event-settings.ts";
import { hashes, refusalFloorMilliseconds } from "../grants/grant-words.ts";
import { headerList, originList } from "./origin-settings.ts";

const wholeNumber = (minimum: number, maximum: number) => z.coerce.number().int().min(minimum).max(maximum);
const areHostnames = (text: string) =>
  text.split(",").every((item) => /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i.test(item.trim()));

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
  DEFAULT_LOCALE: {
    schema: variables.DEFAULT_LOCALE.refine(isLocale, `must be one of ${locales.join(", ")}`),
    fallback: "en",
    help: `The language of emails to people whose account has none: ${locales.join(", ")}.`,
  },
  MAIL_FROM: {
    schema: variables.MAIL_FROM,
    fallback: null,
    help: "Required. The sender address of all emails.",
  },
  MAIL_IDENTITY: {
    schema: z.string().min(1).optional(),
    fallback: null,
    help: "The identity that SES verifies: MAIL_FROM itself (the default), its domain, or a domain above that, such as example.com for a@mail.example.com. Use a domain: an address can only be confirmed in its mailbox, and only a domain gets DKIM records.",
  },
  MAIL_REPLY_TO: {
    schema: z.email().optional(),
    fallback: null,
    help: "The address that answers to the emails go to, for example your support. Default: MAIL_FROM.",
  },
  ...domainSettings,
  TOKEN_AUDIENCE: {
    schema: variables.TOKEN_AUDIENCE,
    fallback: "lit-auth",
    help: "The aud claim of the tokens.",
  },
  ALLOWED_ORIGINS: {
    schema: originList(variables.ALLOWED_ORIGINS),
    fallback: "*",
    help: "CORS: pages of these origins may call the API, with cookies too, for example https://app.example.com,http://localhost:5173. With * pages of all origins may, without cookies. The admin page needs no entry, and no entry lets another page use its session.",
  },
  ALLOWED_HEADERS: {
    schema: headerList,
    fallback: null,
    help: "CORS: names of further request headers that such pages may send, separated by commas. Content-Type, Authorization, X-Device-Token, X-CSRFToken, X-Requested-With, traceparent, tracestate, baggage and sentry-trace are always allowed.",
  },
  OTP_LIFETIME_SECONDS: {
    schema: variables.OTP_LIFETIME_SECONDS,
    fallback: "600",
    help: "How long a code is valid after its email was sent. The maximum is ten minutes.",
  },
  HISTORY_DAYS: {
    schema: variables.HISTORY_DAYS,
    fallback: "90",
    help: "For how many days the history of an account is kept: what happened to it, when, and who did it. Acts of administrators and operators are also kept apart for a year, with ids only.",
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
  UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY: {
    schema: variables.UNPROVEN_BOUNCES_PER_NETWORK_PER_DAY,
    fallback: "3",
    help: "How many emails after registrations from one network may come back as undeliverable on one day (UTC). After that, no one can register from there that day. AWS stops the emails of everybody if too many come back.",
  },
  MX_RESOLVER: {
    schema: variables.MX_RESOLVER,
    fallback: "system",
    help: "No email leaves after a registration whose domain has no mail server (MX record) or says that it takes no mail. system: ask the DNS of the function's network. off: don't ask. Or the IPv4 address and port of a DNS server, such as 10.0.0.2:53. If there is no answer, the email leaves.",
  },
  TRIES_PER_NETWORK_PER_TEN_MINUTES: {
    schema: variables.TRIES_PER_NETWORK_PER_TEN_MINUTES,
    fallback: "100",
    help: "Limit on passwords and codes that one network tries in ten minutes, right or wrong. Known devices are not counted.",
  },
  REFUSAL_FLOOR_MILLISECONDS: {
    schema: variables.REFUSAL_FLOOR_MILLISECONDS,
    fallback: String(refusalFloorMilliseconds(hashes.memoryMegabytes)),
    help: "Minimum response time when a password is refused. It hides whether a registration waits for its code, which takes a second hash to find out. Imported hashes take longer than ours: 800 also hides accounts imported with Django's default hashes; users:import prints the value for its file. The function waits and doesn't compute, and right passwords don't wait.",
  },
  PWNED_PASSWORDS_URL: {
    schema: variables.PWNED_PASSWORDS_URL,
    fallback: "off",
    help: "Refuse passwords known from breaches: https://api.pwnedpasswords.com/range/, or off. The service receives five characters of the password's hash, never the password. If it can't be reached, passwords are accepted.",
  },
  CHALLENGE_VERIFY_URL: {
    schema: variables.CHALLENGE_VERIFY_URL,
    fallback: "off",
    help: "A check against robots: the URL at which a service such as Turnstile, hCaptcha or reCAPTCHA verifies tokens, for example https://challenges.cloudflare.com/turnstile/v0/siteverify, or off. The service receives the token and your secret key, never the caller's IP or email address. The stack makes a secret for the key (0.40 USD a month), in which you put it.",
  },
  CHALLENGE_HOSTNAMES: {
    schema: variables.CHALLENGE_HOSTNAMES.refine(
      areHostnames,
      "must be host names separated by commas, without https:// and paths",
    ).optional(),
    fallback: null,
    help: "Required with CHALLENGE_VERIFY_URL. The host names of the pages that show the challenge, separated by commas. Tokens from other pages are refused.",
  },
  CHALLENGE_FREE_PER_NETWORK_PER_HOUR: {
    schema: variables.CHALLENGE_FREE_PER_NETWORK_PER_HOUR,
    fallback: "5",
    help: "How many registrations, and how many password resets, one network may ask for in an hour without a challenge. Registrations also need one when half of UNPROVEN_LETTERS_OF_ALL_PER_HOUR is used. 0 means always.",
  },
  CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER: {
    schema: variables.CHALLENGE_REGISTRATIONS_WITHOUT_ANSWER,
    fallback: "refuse",
    help: "What happens to registrations that need a challenge while the service can't be reached: refuse (answer 503) or allow. Registrations that need none go on in both cases, and resets always go on.",
  },
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
    help: "The IAM role or user that may read the keys of tokens and codes, besides the functions that use them and the account's root user. If it is empty, no one else may, not even administrators of the account. Of the commands, only the smoke test needs it.",
  },
  LOG_RETENTION_DAYS: {
    schema: z.coerce.number().pipe(z.enum(RetentionDays)),
    fallback: "60",
    help: "How long logs are kept: one of CloudWatch's values (1 3 5 7 14 30 60 90 120 150 180 365 400 …). Keep them longer than backups (35 days): if a stage is lost with its history, they show which accounts to delete again.",
  },
  ...deploySettings,
  ...eventSettings,
  ...capacitySettings,
  ...operationSettings,
} as const satisfies Record<string, { schema: z.ZodType; fallback: string | null; help: string }>;
