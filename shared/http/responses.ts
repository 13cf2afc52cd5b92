import { createHash } from "node:crypto";
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import {
  ApiError,
  errors,
  FieldErrors,
  guessRefusals,
  sentenceOf,
  type ErrorCode,
} from "../contract/errors.ts";
import type { Operation } from "../contract/operation.ts";
import { strictTransportSecurity } from "../contract/transport-security.ts";
import { isPassingFault } from "../platform/aws-http.ts";
import { recordSecurityEvent } from "../platform/security-log.ts";
import { deviceTokenHeaders } from "./device-cookie.ts";
import { corsHeaders, header, requestIdOf } from "./headers.ts";
import { staffCookie } from "./staff-cookie.ts";

const http = (
  event: APIGatewayProxyEvent,
  { keepsStaffCookie }: Operation,
  statusCode: number,
  body: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyResult => ({
  statusCode,
  headers: {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "strict-transport-security": strictTransportSecurity,
    "x-request-id": requestIdOf(event),
    ...(!keepsStaffCookie && corsHeaders(event)),
    ...headers,
  },
  body: body === undefined ? "" : JSON.stringify(body),
});

/** Accepts a list of tags, weak or strong, or `*` (RFC 9110 13.1.2). */
const matches = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? "").split(",").some((tag) => [etag, `W/${etag}`, "*"].includes(tag.trim()));

/** API Gateway's only way to send two cookies. */
const withStaffCookie = (
  { headers: { "set-cookie": deviceCookie, ...headers } = {}, ...response }: APIGatewayProxyResult,
  result: unknown,
): APIGatewayProxyResult => ({
  ...response,
  headers,
  multiValueHeaders: {
    "set-cookie": [staffCookie(result), ...(deviceCookie === undefined ? [] : [deviceCookie])],
  },
});

/** The contract's schema drops every field that it doesn't name, so none leaks. */
export const answer = (
  event: APIGatewayProxyEvent,
  operation: Operation,
  result: unknown,
): APIGatewayProxyResult => {
  const { success, cacheSeconds, issuesDeviceToken, keepsStaffCookie } = operation;
  const body = "body" in success ? success.body.parse(result) : undefined;
  if (cacheSeconds === undefined) {
    const device = issuesDeviceToken ? deviceTokenHeaders(result) : {};
    const response = http(event, operation, success.status, body, device);
    return keepsStaffCookie ? withStaffCookie(response, result) : response;
  }
  const etag = `"${createHash("sha256").update(JSON.stringify(body)).digest("base64url")}"`;
  const headers = { "cache-control": `public, max-age=${cacheSeconds}`, etag };
  return matches(header(event, "if-none-match"), etag)
    ? http(event, operation, 304, undefined, headers)
    : http(event, operation, success.status, body, headers);
};

/** AWS had no room or no answer: a 503, which callers may repeat. */
export const asRefusal = (error: unknown): unknown =>
  isPassingFault(error) ? new ApiError("service_unavailable", { retryAfterSeconds: 1 }) : error;

export const codeOf = (error: unknown): ErrorCode | "field_errors" => {
  if (error instanceof ApiError) return error.code;
  return error instanceof FieldErrors ? "field_errors" : "unexpected_failure";
};

export const refusal = (
  event: APIGatewayProxyEvent,
  operation: Operation,
  error: unknown,
): APIGatewayProxyResult => {
  if (error instanceof FieldErrors) return http(event, operation, 400, error.fields);
  const code = error instanceof ApiError ? error.code : "unexpected_failure";
  const { status } = errors[code];
  const waitSeconds = error instanceof ApiError ? error.retryAfterSeconds : undefined;
  const detail = sentenceOf(code, waitSeconds, error instanceof ApiError ? error.until : undefined);
  return http(
    event,
    operation,
    status,
    { detail, code },
    {
      ...(status === 401 && { "www-authenticate": 'Bearer realm="api"' }),
      ...(waitSeconds !== undefined && { "retry-after": String(waitSeconds) }),
    },
  );
};

/** Records the refusals that are security events. `callerId` is the signed-in user, if any. */
export const recordRefusal = (operation: string, error: unknown, callerId?: string): void => {
  if (error instanceof FieldErrors && error.wrongSecret)
    recordSecurityEvent("refused", { operation, userId: callerId });
  if (!(error instanceof ApiError)) return;
  const { code, userId = callerId } = error;
  if (guessRefusals.has(code)) recordSecurityEvent("refused", { operation, code, userId });
  if (errors[code].status === 429) recordSecurityEvent("limited", { operation, code, userId });
};
