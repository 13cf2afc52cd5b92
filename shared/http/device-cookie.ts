// Device tokens travel as a cookie, and as a header for clients without cookies.
import type { APIGatewayProxyEvent } from "aws-lambda";
import * as z from "zod";
import { deviceTokenLifetimeSeconds } from "../limits/device-tokens.ts";
import { variable } from "../platform/environment.ts";
import { header } from "./headers.ts";

const tokenHeader = "x-device-token";
const cookieName = "lit-device";

const overTls = (): boolean => variable("PUBLIC_URL").startsWith("https:");
// Browsers accept a `__Host-` cookie only from this host and over TLS (RFC 6265bis 4.1.3.2). With
// TLS the name without the prefix is ignored, because another host of the domain could set it.
const nameOfCookie = (): string => (overTls() ? `__Host-${cookieName}` : cookieName);

export const sentCookie = (event: APIGatewayProxyEvent, name: string): string | undefined => {
  const start = `${name}=`;
  const cookies = (header(event, "cookie") ?? "").split(";").map((pair) => pair.trim());
  return cookies.find((pair) => pair.startsWith(start))?.slice(start.length);
};

export const sentDeviceToken = (event: APIGatewayProxyEvent): string | undefined =>
  header(event, tokenHeader)?.trim() || sentCookie(event, nameOfCookie());

const issued = z.object({ deviceToken: z.string().optional() });

export const deviceTokenHeaders = (result: unknown): Record<string, string> => {
  const { deviceToken } = issued.parse(result);
  if (deviceToken === undefined) return {};
  const attributes = `Max-Age=${deviceTokenLifetimeSeconds}; Path=/; HttpOnly; SameSite=Strict`;
  return {
    [tokenHeader]: deviceToken,
    "set-cookie": `${nameOfCookie()}=${deviceToken}; ${attributes}${overTls() ? "; Secure" : ""}`,
  };
};
