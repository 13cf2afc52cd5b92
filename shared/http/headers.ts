import type { APIGatewayProxyEvent } from "aws-lambda";
import { variable } from "../platform/environment.ts";

/** `name` is in lower case. API Gateway passes names on as the client spelt them. */
export const header = (event: APIGatewayProxyEvent, name: string): string | undefined => {
  const found = Object.entries(event.headers).find(([spelt]) => spelt.toLowerCase() === name);
  return found?.[1];
};

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Callers can choose API Gateway's id of their request, and the id gets into logs and queues. */
export const requestIdOf = ({ requestContext }: APIGatewayProxyEvent): string => {
  const { requestId, extendedRequestId = "unknown" } = requestContext;
  return uuid.test(requestId) ? requestId : extendedRequestId;
};

export const corsHeaders = (event: APIGatewayProxyEvent): Record<string, string> => {
  const allowed = new Set(variable("ALLOWED_ORIGINS").split(/\s*,\s*/));
  const exposed = { "access-control-expose-headers": "x-request-id, retry-after, x-device-token" };
  if (allowed.has("*")) return { "access-control-allow-origin": "*", ...exposed };
  const origin = header(event, "origin");
  if (!origin || !allowed.has(origin)) return { vary: "origin" };
  // Only listed origins may send the device cookie: with `*`, any website could.
  const credentials = { "access-control-allow-credentials": "true" };
  return { "access-control-allow-origin": origin, vary: "origin", ...credentials, ...exposed };
};
