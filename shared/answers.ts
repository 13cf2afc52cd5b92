/** From results and refusals to HTTP answers: every one with its request id, none kept by a cache. */
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { Operation } from "./contract.ts";
import { ApiError, errors, FieldErrors, type ErrorCode } from "./errors.ts";
import { corsHeaders } from "./headers.ts";

const http = (
  event: APIGatewayProxyEvent,
  statusCode: number,
  body: unknown,
  headers: Record<string, string> = {},
): APIGatewayProxyResult => ({
  statusCode,
  headers: {
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-request-id": event.requestContext.requestId,
    ...corsHeaders(event),
    ...headers,
  },
  body: body === undefined ? "" : JSON.stringify(body),
});

/** What the contract's schema does not name does not leave. */
export const answer = (
  event: APIGatewayProxyEvent,
  { success }: Operation,
  result: unknown,
): APIGatewayProxyResult =>
  http(event, success.status, "body" in success ? success.body.parse(result) : undefined);

/** The code under which an error is logged and answered; whatever we did not mean to say is `unexpected_failure`. */
export const codeOf = (error: unknown): ErrorCode | "field_errors" => {
  if (error instanceof ApiError) return error.code;
  return error instanceof FieldErrors ? "field_errors" : "unexpected_failure";
};

export const refusal = (event: APIGatewayProxyEvent, error: unknown): APIGatewayProxyResult => {
  if (error instanceof FieldErrors) return http(event, 400, error.fields);
  const code = error instanceof ApiError ? error.code : "unexpected_failure";
  const { status, detail } = errors[code];
  const waitSeconds = error instanceof ApiError ? error.retryAfterSeconds : undefined;
  return http(
    event,
    status,
    { detail, code },
    {
      ...(status === 401 && { "www-authenticate": 'Bearer realm="api"' }),
      ...(waitSeconds !== undefined && { "retry-after": String(waitSeconds) }),
    },
  );
};
