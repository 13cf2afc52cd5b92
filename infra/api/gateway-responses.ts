import { GatewayResponse, ResponseType, type IRestApi } from "aws-cdk-lib/aws-apigateway";
import { errors, type ErrorCode } from "../../shared/contract/errors.ts";
import { strictTransportSecurity } from "../../shared/contract/transport-security.ts";
import type { Settings } from "../settings/settings.ts";

/** Templates can't read the request's origin, so several allowed origins become `*`. */
const fixedOrigin = (allowedOrigins: string): string => (allowedOrigins.includes(",") ? "*" : allowedOrigins);

export const exposedHeaders = ["x-request-id", "Retry-After", "X-Device-Token"];

/** What front ends send: ours, those that frameworks add, and those of tracing libraries. */
const usualHeaders = [
  "Content-Type",
  "Authorization",
  "X-Device-Token",
  "X-CSRFToken",
  "X-Requested-With",
  "traceparent",
  "tracestate",
  "baggage",
  "sentry-trace",
];

export const allowedHeaders = ({ ALLOWED_HEADERS = "" }: Settings): string[] => [
  ...usualHeaders,
  ...ALLOWED_HEADERS.split(",").filter(
    (name) => name !== "" && !usualHeaders.some((usual) => usual.toLowerCase() === name.toLowerCase()),
  ),
];

/** In API Gateway's notation, values in single quotes are literals, and others are variables. */
export const gatewayHeaders = (allowedOrigins: string): Record<string, string> => ({
  "Access-Control-Allow-Origin": `'${fixedOrigin(allowedOrigins)}'`,
  // Pages that send cookies can't read the answer without this. CORS forbids it with a wildcard.
  ...(fixedOrigin(allowedOrigins) !== "*" && { "Access-Control-Allow-Credentials": "'true'" }),
  "Access-Control-Expose-Headers": `'${exposedHeaders.join(",")}'`,
  "Cache-Control": "'no-store'",
  "Strict-Transport-Security": `'${strictTransportSecurity}'`,
  "x-request-id": "context.requestId",
});

const unknownPath = [
  ResponseType.MISSING_AUTHENTICATION_TOKEN,
  ResponseType.INVALID_SIGNATURE,
  ResponseType.EXPIRED_TOKEN,
  ResponseType.ACCESS_DENIED,
  ResponseType.RESOURCE_NOT_FOUND,
];

const retryAtOnce = { "Retry-After": "'1'" };

export const addGatewayResponses = (api: IRestApi, allowedOrigins: string): void => {
  const add = (
    type: ResponseType,
    body: { detail: string; code: string },
    answer: { status?: number; headers?: Record<string, string> } = {},
  ) =>
    new GatewayResponse(api, type.responseType, {
      restApi: api,
      type,
      templates: { "application/json": JSON.stringify(body) },
      responseHeaders: { ...gatewayHeaders(allowedOrigins), ...answer.headers },
      ...(answer.status && { statusCode: String(answer.status) }),
    });
  const addError = (type: ResponseType, code: ErrorCode, headers: Record<string, string> = {}) => {
    const { status, detail } = errors[code];
    add(type, { detail, code }, { status, headers });
  };

  for (const type of unknownPath) addError(type, "not_found");
  addError(ResponseType.REQUEST_TOO_LARGE, "request_too_large");
  addError(ResponseType.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type");
  addError(ResponseType.THROTTLED, "throttled", retryAtOnce);
  // Lambda had no concurrency left, or the function crashed.
  addError(ResponseType.INTEGRATION_FAILURE, "service_unavailable", retryAtOnce);
  addError(ResponseType.INTEGRATION_TIMEOUT, "service_unavailable", retryAtOnce);
  addError(ResponseType.DEFAULT_5XX, "unexpected_failure");
  // Other refusals (a path that can't be decoded, a WAF rule) keep their status. API Gateway's own
  // messages are replaced, because one of them repeats the whole `Authorization` header.
  add(ResponseType.DEFAULT_4XX, {
    detail: "The request was refused before it reached the service. Check its path and content.",
    code: "request_refused",
  });
};
