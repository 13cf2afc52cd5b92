import { errors } from "../../shared/contract/errors.ts";

export const overview = {
  openapi: "3.0.3",
  info: {
    title: "LIT Auth",
    version: "1.0.0",
    description:
      "User accounts, sign-in with one-time codes sent by email, and JSON Web Tokens. The trailing slash of a path is optional.",
    license: { name: "MIT", url: "https://opensource.org/license/mit" },
  },
};

/** Generators and Postman's converter need absolute URLs, and take the first one. */
export const knownServers = [
  { url: "http://127.0.0.1:8000", description: "This machine, after `npm start`" },
  {
    url: "https://{api}.execute-api.{region}.amazonaws.com/{stage}",
    description: "A stage on AWS. Its deployment prints the address",
    variables: {
      api: { default: "a1b2c3d4e5", description: "The id of the REST API" },
      region: { default: "eu-central-1" },
      stage: { default: "dev", description: "The setting STAGE" },
    },
  },
];

/** The URL is relative to `<stage>/swagger/openapi.json`, where a stage serves the document. */
export const servingStage = { url: "..", description: "The stage that serves this document" };

export const operationTags = {
  user: "Accounts: register, activate, request a code, manage your own account",
  jwt: "Tokens: sign in with a code, refresh, verify, sign out",
  admin: "For administrators: find, change, delete and help users",
  ".well-known": "For services that verify our tokens",
};

export const statusTitles: Record<number, string> = {
  400: "The request is invalid as a whole, or in the fields listed",
  401: "Not signed in, or wrong credentials",
  403: "Not allowed",
  404: "Not found",
  413: "The body is too large",
  415: "The body is not JSON",
  429: "Too many requests or attempts",
  500: "An internal error",
  503: "The service is busy; try again",
};

const header = (description: string, example: string) => ({
  description,
  required: true,
  schema: { type: "string", example },
});
const exampleDeviceToken = "mJ9wQ2c0T1u8dXk3Zb6vYA.1795391640.0000000000000000000000000000000000000000000";
export const headerComponents = {
  RequestId: header("The id of this request in our logs", "5b3c8f0e-6f5b-4b8e-9d1c-2f6a0d3e7b11"),
  Challenge: header("How to sign in", 'Bearer realm="api"'),
  RetryAfter: header("Seconds to wait", "60"),
  RetryAfterIfWaiting: {
    ...header("Seconds to wait, if the code is `deletion_waits`", "60"),
    required: false,
  },
  DeviceToken: header(
    "Identifies this device. Send it with later attempts for the same address. It doesn't sign anyone in",
    exampleDeviceToken,
  ),
  DeviceCookie: header(
    "The device token for browsers. Over plain HTTP (local development) its name has no prefix and it isn't Secure",
    `__Host-lit-device=${exampleDeviceToken}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Strict; Secure`,
  ),
  StaffCookie: header(
    "The session of the admin page, which no script can read. At a sign-in, a second Set-Cookie holds the device token",
    "__Host-lit-staff=eyJhbGciOiJSUzI1NiIsImtpZCI6…; Max-Age=1800; Path=/; Secure; HttpOnly; SameSite=Strict",
  ),
};

const reference = (name: keyof typeof headerComponents) => ({ $ref: `#/components/headers/${name}` });
export const everyAnswersHeaders = { "x-request-id": reference("RequestId") };
export const waitingHeaders = { "Retry-After": reference("RetryAfterIfWaiting") };
export const refusalHeaders: Record<number, object> = {
  401: { "WWW-Authenticate": reference("Challenge") },
  429: { "Retry-After": reference("RetryAfter") },
  503: { "Retry-After": reference("RetryAfter") },
};

export const issuedDeviceHeaders = {
  "X-Device-Token": reference("DeviceToken"),
  "Set-Cookie": reference("DeviceCookie"),
};

export const staffCookieHeaders = { "Set-Cookie": reference("StaffCookie") };

export const deviceTokenParameter = {
  name: "X-Device-Token",
  in: "header",
  required: false,
  description:
    "The device token from an earlier response for this address (browsers send the cookie instead). Attempts with it are counted separately, so a stranger who uses up the attempts for an address can't lock out a known device",
  schema: { type: "string" },
};

export const cachedAnswersHeaders = {
  ETag: { description: "The version of this response", required: true, schema: { type: "string" } },
  "Cache-Control": {
    description: "How long the response may be cached",
    required: true,
    schema: { type: "string" },
  },
};

const sentence = { type: "string", example: errors.throttled.detail };
const code = { type: "string", enum: Object.keys(errors) };

const one = (name: string) => ({ $ref: `#/components/schemas/${name}` });

export const errorSchemas = {
  Refusal: {
    type: "object",
    properties: { detail: sentence, code },
    required: ["detail", "code"],
  },
  FieldErrors: {
    type: "object",
    description: "Names of fields, each with a list of sentences",
    minProperties: 1,
    additionalProperties: { type: "array", minItems: 1, items: { type: "string" } },
  },
  BadRequest: {
    description: "The request is refused as a whole, or its fields are",
    oneOf: [one("Refusal"), one("FieldErrors")],
  },
};
