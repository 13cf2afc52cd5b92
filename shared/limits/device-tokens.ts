/**
 * Device tokens: whoever has signed in before from a device brings one, and has tries of its own, so that a stranger who uses
 * up those of the address can't lock its owner out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). A token
 * names a device and vouches for one address; it signs nobody in. It is checked without a read.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { APIGatewayProxyEvent } from "aws-lambda";
import * as z from "zod";
import { nowSeconds, type Clock } from "../platform/clock.ts";
import { environment } from "../platform/environment.ts";
import { header } from "../http/headers.ts";
import { voucher } from "../identity/pseudonyms.ts";

export const deviceTokenLifetimeSeconds = 365 * 86_400;
const tokenHeader = "x-device-token";
const cookieName = "lit-device";

const overTls = (): boolean => environment("PUBLIC_URL").PUBLIC_URL.startsWith("https:");
// Browsers take a cookie of this prefix only from this very host, over TLS, for all paths (RFC 6265bis 4.1.3.2). Where there
// is TLS the bare name is not read: a neighbouring host could have planted it.
const nameOfCookie = (): string => (overTls() ? `__Host-${cookieName}` : cookieName);

// One way to write each: another spelling of a good token is no good token.
const tokenPattern = /^([\w-]{22})\.([1-9]\d{0,11})\.([\w-]{43})$/;

const vouchFor = (addressKey: string, deviceId: string, issuedAt: number) =>
  voucher([addressKey, deviceId, issuedAt].join("\0"));

const equalInConstantTime = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

export const deviceTokens = (clock: Clock = nowSeconds, vouch: typeof vouchFor = vouchFor) => ({
  /** A token for a device from which somebody has just proven this address. */
  issue: async (addressKey: string): Promise<string> => {
    const deviceId = randomBytes(16).toString("base64url");
    const issuedAt = clock();
    return [deviceId, issuedAt, await vouch(addressKey, deviceId, issuedAt)].join(".");
  },

  /** The device's id; nothing for a token that is forged, over, or another address's. */
  verify: async (token: string | undefined, addressKey: string): Promise<string | undefined> => {
    const [, deviceId = "", issuedAtText = "", mac = ""] = tokenPattern.exec(token ?? "") ?? [];
    const issuedAt = Number(issuedAtText);
    // Also made for no token at all: what a caller sends must not show in the time.
    const expected = await vouch(addressKey, deviceId, issuedAt);
    // Not before what moment: only another machine's clock could make that a question.
    const alive = clock() < issuedAt + deviceTokenLifetimeSeconds;
    return deviceId !== "" && alive && equalInConstantTime(mac, expected) ? deviceId : undefined;
  },
});
export type DeviceTokens = ReturnType<typeof deviceTokens>;

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
