/** How a device token travels: as a cookie, and as a header for clients that keep no cookies. */
import type { APIGatewayProxyEvent } from "aws-lambda";
import * as z from "zod";
import { deviceTokenLifetimeSeconds } from "../limits/device-tokens.ts";
import { variable } from "../platform/environment.ts";
import { header } from "./headers.ts";

const tokenHeader = "x-device-token";
const cookieName = "lit-device";

const overTls = (): boolean => variable("PUBLIC_URL").startsWith("https:");
// Browsers take a cookie of this prefix only from this very host, over TLS, for all paths (RFC
// 6265bis 4.1.3.2). Where there is TLS the bare name is not read: a neighbouring host could have
// planted it.
const nameOfCookie = (): string => (overTls() ? `__Host-${cookieName}` : cookieName);

/** What the caller sent: the header, which clients without cookies use, before the cookie. */
export const sentDeviceToken = (event: APIGatewayProxyEvent): string | undefined => {
  const sent = header(event, tokenHeader);
  if (sent) return sent;
  const start = `${nameOfCookie()}=`;
  const cookies = (header(event, "cookie") ?? "").split(";").map((pair) => pair.trim());
  return cookies.find((pair) => pair.startsWith(start))?.slice(start.length);
};

const issued = z.object({ deviceToken: z.string() });

/** How a token leaves: for clients with cookies and for others. */
export const deviceTokenHeaders = (result: unknown): Record<string, string> => {
  const { deviceToken } = issued.parse(result);
  const attributes = `Max-Age=${deviceTokenLifetimeSeconds}; Path=/; HttpOnly; SameSite=Strict`;
  return {
    [tokenHeader]: deviceToken,
    "set-cookie": `${nameOfCookie()}=${deviceToken}; ${attributes}${overTls() ? "; Secure" : ""}`,
  };
};
