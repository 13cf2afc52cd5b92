/** The parts of the OpenAPI document that no operation of the contract says. */
import { errors } from "../../shared/contract/errors.ts";

export const overview = {
  openapi: "3.0.3",
  info: {
    title: "LIT Auth",
    version: "1.0.0",
    description:
      "Accounts confirmed by an emailed one-time code, and JSON Web Tokens. Paths answer with and without the trailing slash.",
    license: { name: "MIT", url: "https://opensource.org/license/mit" },
  },
  // Relative to where a stage serves this document, `<stage>/swagger/openapi.json`.
  servers: [{ url: "..", description: "The stage that serves this document" }],
};

/** Segment of the path → what its operations are about. */
export const operationTags = {
  user: "Accounts: register, prove the address, ask for a code, manage oneself",
  jwt: "Tokens: sign in with a code, refresh, verify, sign out",
  admin: "For administrators: find people, change, delete and help them",
  ".well-known": "For services that check our tokens",
};

/** What a refusal with this status means. */
export const statusTitles: Record<number, string> = {
  400: "The request breaks a rule: by field, or as a whole",
  401: "Not signed in, or the credentials are refused",
  403: "Not allowed",
  404: "Not found",
  413: "The body is too large",
  415: "The body is not JSON",
  429: "Too many requests or attempts",
  500: "A failure on our side",
  503: "Busy; try again",
};

const header = (description: string, example: string) => ({
  description,
  schema: { type: "string", example },
});
const exampleDeviceToken = "mJ9wQ2c0T1u8dXk3Zb6vYA.1795391640.0000000000000000000000000000000000000000000";
export const headerComponents = {
  RequestId: header("Names this request in our logs", "5b3c8f0e-6f5b-4b8e-9d1c-2f6a0d3e7b11"),
  Challenge: header("How to sign in", 'Bearer realm="api"'),
  RetryAfter: header("Seconds to wait", "60"),
  DeviceToken: header(
    "Makes this device known: send it along with later tries for the same address. It signs nobody in",
    exampleDeviceToken,
  ),
  DeviceCookie: header(
    "The same for browsers. Over plain HTTP, on one machine, its name has no prefix and it is not Secure",
    `__Host-lit-device=${exampleDeviceToken}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Strict; Secure`,
  ),
};

const reference = (name: keyof typeof headerComponents) => ({ $ref: `#/components/headers/${name}` });
export const everyAnswersHeaders = { "x-request-id": reference("RequestId") };
/** Headers of refusals with this status, besides. */
export const refusalHeaders: Record<number, object> = {
  401: { "WWW-Authenticate": reference("Challenge") },
  429: { "Retry-After": reference("RetryAfter") },
  503: { "Retry-After": reference("RetryAfter") },
};

/** Headers of answers that make a device known. */
export const issuedDeviceHeaders = {
  "X-Device-Token": reference("DeviceToken"),
  "Set-Cookie": reference("DeviceCookie"),
};

/** How clients without cookies say which device they are. */
export const deviceTokenParameter = {
  name: "X-Device-Token",
  in: "header",
  required: false,
  description:
    "From an earlier answer for this address (browsers send the cookie instead). Tries that carry it are counted apart, so that a stranger who uses up those of the address keeps no known device out",
  schema: { type: "string" },
};

/** Headers of answers that may be kept. */
export const cachedAnswersHeaders = {
  ETag: { description: "Names this version of the answer", schema: { type: "string" } },
  "Cache-Control": { description: "For how long it may be kept", schema: { type: "string" } },
};

const sentence = { type: "string", example: errors.throttled.detail };
const code = { type: "string", enum: Object.keys(errors) };

export const errorSchemas = {
  Error: {
    type: "object",
    properties: { detail: sentence, code },
    required: ["detail", "code"],
  },
  BadRequest: {
    type: "object",
    description: "Either `detail` and `code`, or the names of fields, each with its list of sentences.",
    properties: { detail: sentence, code },
    additionalProperties: { type: "array", items: { type: "string" } },
  },
};
