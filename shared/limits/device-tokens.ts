// Known devices have separate guess counters, so a stranger who uses up those of an address can't
// lock out its owner (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). A token is
// valid for one address and doesn't sign anyone in.
import { randomBytes, timingSafeEqual } from "node:crypto";
import { deviceTokenMac } from "../identity/pseudonyms.ts";
import { day, nowSeconds, type Clock } from "../platform/clock.ts";

export const deviceTokenLifetimeSeconds = 365 * day;

// The pattern allows only one spelling of each token.
const tokenPattern = /^([\w-]{22})\.([1-9]\d{0,11})\.([\w-]{43})$/;

const vouchFor = (addressKey: string, deviceId: string, issuedAt: number) =>
  deviceTokenMac([addressKey, deviceId, issuedAt].join("\0"));

const equalInConstantTime = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

export const deviceTokens = (clock: Clock = nowSeconds, vouch: typeof vouchFor = vouchFor) => ({
  /** The caller must have checked that the device's user has proven the address. */
  issue: async (addressKey: string): Promise<string> => {
    const deviceId = randomBytes(16).toString("base64url");
    const issuedAt = clock();
    return [deviceId, issuedAt, await vouch(addressKey, deviceId, issuedAt)].join(".");
  },

  /** Returns the device's id, unless the token is forged, expired or for another address. */
  verify: async (token: string | undefined, addressKey: string): Promise<string | undefined> => {
    const [, deviceId = "", issuedAtText = "", mac = ""] = tokenPattern.exec(token ?? "") ?? [];
    const issuedAt = Number(issuedAtText);
    // The MAC is computed even without a token, so that timing doesn't depend on the input.
    const expected = await vouch(addressKey, deviceId, issuedAt);
    const alive = clock() < issuedAt + deviceTokenLifetimeSeconds;
    return deviceId !== "" && alive && equalInConstantTime(mac, expected) ? deviceId : undefined;
  },
});
export type DeviceTokens = ReturnType<typeof deviceTokens>;
