import type { APIGatewayProxyEvent } from "aws-lambda";
import { variable } from "../platform/environment.ts";

/** `name` is in lower case. API Gateway passes names on as the client spelt them. */
export const header = (event: APIGatewayProxyEvent, name: string): string | undefined => {
  const found = Object.entries(event.headers).find(([spelt]) => spelt.toLowerCase() === name);
  return found?.[1];
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
