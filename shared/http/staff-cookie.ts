// The cookie of the admin page's session. No other site can send it.
// Other origins can't send JSON or read an answer without CORS headers, and they are refused.
import type { APIGatewayProxyEvent } from "aws-lambda";
import * as z from "zod";
import { ApiError } from "../contract/errors.ts";
import { variable } from "../platform/environment.ts";
import { staffIdleSeconds } from "../sessions/staff-session.ts";
import { sentCookie } from "./device-cookie.ts";
import { header } from "./headers.ts";
import { isJson } from "./request-input.ts";

// Chromium and Firefox also store it from http://localhost and http://127.0.0.1.
const cookieName = "__Host-lit-staff";

export const sentStaffToken = (event: APIGatewayProxyEvent): string | undefined =>
  sentCookie(event, cookieName) || undefined;

const issued = z.object({ staffToken: z.string() }).optional();

/** Without a token, the cookie is removed. */
export const staffCookie = (result: unknown): string => {
  const { staffToken = "" } = issued.parse(result) ?? {};
  const seconds = staffToken === "" ? 0 : staffIdleSeconds;
  return `${cookieName}=${staffToken}; Max-Age=${seconds}; Path=/; Secure; HttpOnly; SameSite=Strict`;
};

const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

const isOwnOrigin = (origin: string, host: string): boolean => {
  const ours = new URL(variable("PUBLIC_URL")).origin;
  if (origin === ours || origin === `https://${host}`) return true;
  // The local runner has two names.
  return ours.startsWith("http:") && loopback.test(host) && origin === `http://${host}`;
};

/** Browsers send `Origin` with every POST and DELETE. A request without one is none of a page. */
export const requireOwnPage = (event: APIGatewayProxyEvent): void => {
  const [origin, host = "", site = "same-origin", type] = [
    "origin",
    "host",
    "sec-fetch-site",
    "content-type",
  ].map((name) => header(event, name));
  if (!origin || !isOwnOrigin(origin, host) || site !== "same-origin") throw new ApiError("foreign_origin");
  const hasBody = event.httpMethod !== "DELETE" || event.body || type !== undefined;
  if (hasBody && !isJson(type)) throw new ApiError("unsupported_media_type");
};
