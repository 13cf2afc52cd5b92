import * as z from "zod";
import { variables } from "../../shared/platform/environment.ts";

const withoutSlash = (url: string) => !url.endsWith("/");
const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const hostname = new RegExp(String.raw`^(?=.{1,253}$)(?:${label}\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$`);

export const domainSettings = {
  DOMAIN_NAME: {
    schema: z
      .string()
      .regex(hostname, "must be a host name in lower case, such as auth.example.com, without https://")
      .optional(),
    fallback: null,
    help: "A domain of your own for the API, such as auth.example.com. It needs CERTIFICATE_ARN. The API is then at https://auth.example.com/api/v1/auth/, and the tokens have the issuer https://auth.example.com.",
  },
  CERTIFICATE_ARN: {
    schema: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
        "use the ARN of a certificate in AWS Certificate Manager",
      )
      .optional(),
    fallback: null,
    help: "The certificate of DOMAIN_NAME in AWS Certificate Manager, in the region of the API.",
  },
  HOSTED_ZONE_ID: {
    schema: z
      .string()
      .regex(/^Z[A-Z0-9]{1,31}$/, "use the id of a hosted zone, which begins with Z")
      .optional(),
    fallback: null,
    help: "The hosted zone of Route 53 in this account that gets the records of DOMAIN_NAME. If it is empty, point a record of your DNS to the output DomainTarget.",
  },
  DISABLE_DEFAULT_ENDPOINT: {
    schema: z.enum(["on", "off"]),
    fallback: "off",
    help: "on: API Gateway's own URL no longer answers, only DOMAIN_NAME does. Services that read the public keys at the old URL then refuse all tokens, so move them first. off: both answer.",
  },
  PUBLIC_URL: {
    schema: variables.PUBLIC_URL.refine(withoutSlash, "must not end in a slash").optional(),
    fallback: null,
    help: "The API's URL if it is not the one of DOMAIN_NAME, for example that of a proxy in front, without a trailing slash. It is the iss claim of the tokens. Default: https://DOMAIN_NAME, or API Gateway's own URL.",
  },
  ISSUERS_ACCEPTED: {
    schema: z
      .string()
      .overwrite((text) =>
        text
          .split(",")
          .map((issuer) => issuer.trim())
          .join(","),
      )
      .pipe(variables.ISSUERS_ACCEPTED),
    fallback: "off",
    help: "After the issuer has changed: the earlier issuers, exactly as their tokens have them, separated by commas. Their tokens stay valid, and a refresh gives tokens of the new issuer, so no one has to sign in again. Set it back to off when SESSION_IDLE_SECONDS have passed since the change.",
  },
} as const;

type Address = {
  [Name in "DOMAIN_NAME" | "CERTIFICATE_ARN" | "HOSTED_ZONE_ID"]?: string | undefined;
} & { DISABLE_DEFAULT_ENDPOINT: "on" | "off" };

const needs = (given: unknown, needed: string, other: unknown) =>
  given !== undefined && other === undefined ? `needs ${needed}` : undefined;

export const checkDomain = (settings: Address, context: z.RefinementCtx): void => {
  const { DOMAIN_NAME, CERTIFICATE_ARN, HOSTED_ZONE_ID, DISABLE_DEFAULT_ENDPOINT } = settings;
  const disabled = DISABLE_DEFAULT_ENDPOINT === "on" ? DISABLE_DEFAULT_ENDPOINT : undefined;
  const problems = {
    DOMAIN_NAME: needs(DOMAIN_NAME, "CERTIFICATE_ARN", CERTIFICATE_ARN),
    CERTIFICATE_ARN: needs(CERTIFICATE_ARN, "DOMAIN_NAME", DOMAIN_NAME),
    HOSTED_ZONE_ID: needs(HOSTED_ZONE_ID, "DOMAIN_NAME", DOMAIN_NAME),
    DISABLE_DEFAULT_ENDPOINT: needs(disabled, "DOMAIN_NAME", DOMAIN_NAME),
  };
  for (const [name, message] of Object.entries(problems))
    if (message !== undefined) context.addIssue({ code: "custom", path: [name], message });
};
