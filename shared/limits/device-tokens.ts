/**
 * Device tokens: whoever has signed in before from a device brings one, and has guesses of its own,
 * so that a stranger who uses up those of the address can't lock its owner out (OWASP, "Slow Down
 * Online Guessing Attacks with Device Cookies"). A token names a device and vouches for one
 * address; it signs nobody in. It is checked without a read.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { deviceTokenMac } from "../identity/pseudonyms.ts";
import { day, nowSeconds, type Clock } from "../platform/clock.ts";

export const deviceTokenLifetimeSeconds = 365 * day;

// One way to write each: another spelling of a good token is no good token.
const tokenPattern = /^([\w-]{22})\.([1-9]\d{0,11})\.([\w-]{43})$/;

const vouchFor = (addressKey: string, deviceId: string, issuedAt: number) =>
  deviceTokenMac([addressKey, deviceId, issuedAt].join("\0"));

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
