// Known devices have separate guess counters, so a stranger who uses up those of an address can't
// lock out its owner (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). A token is
// valid for one address and doesn't sign anyone in. It ends with the device generation that it
// carries (see `address-pointers.ts`).
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { day, nowSeconds, type Clock } from "../platform/clock.ts";
import { variable } from "../platform/environment.ts";
import { readSecret } from "../platform/secrets.ts";
import { findAddressPointer } from "../store/address-pointers.ts";

export const deviceTokenLifetimeSeconds = 365 * day;

// The pattern allows only one spelling of each token.
const tokenPattern = /^([\w-]{22})\.([1-9]\d{0,11})\.([\w-]{43})$/;

/** A device's id begins with this mark of its generation. The rest is random. */
const markBytes = 8;
const markOf = (generation: string): Buffer =>
  createHash("sha256").update(generation).digest().subarray(0, markBytes);

const createDeviceId = (generation: string): string =>
  Buffer.concat([markOf(generation), randomBytes(8)]).toString("base64url");

const isOf = (generation: string, deviceId: string): boolean =>
  Buffer.from(deviceId, "base64url").subarray(0, markBytes).equals(markOf(generation));

const vouchFor = async (addressKey: string, deviceId: string, issuedAt: number): Promise<string> => {
  const secret = await readSecret(variable("DEVICE_SECRET_ID"));
  const text = [addressKey, deviceId, issuedAt].join("\0");
  return createHmac("sha256", secret).update(text).digest("base64url");
};

const currentGeneration = async (addressKey: string): Promise<string | undefined> =>
  (await findAddressPointer(addressKey))?.deviceGeneration;

const equalInConstantTime = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

export const deviceTokens = (
  clock: Clock = nowSeconds,
  vouch: typeof vouchFor = vouchFor,
  generationOf: typeof currentGeneration = currentGeneration,
) => ({
  /**
   * The caller must have checked that the device's user has proven the address. `generation` is the
   * one that this act began or, at a sign-in, the one read before the code was consumed. So the
   * token of a sign-in that races another act isn't valid after that act.
   */
  issue: async (addressKey: string, generation: string): Promise<string> => {
    const deviceId = createDeviceId(generation);
    const issuedAt = clock();
    return [deviceId, issuedAt, await vouch(addressKey, deviceId, issuedAt)].join(".");
  },

  verify: async (token: string | undefined, addressKey: string): Promise<boolean> => {
    const [, deviceId = "", issuedAtText = "", mac = ""] = tokenPattern.exec(token ?? "") ?? [];
    const issuedAt = Number(issuedAtText);
    // The MAC is computed even without a token, so that timing doesn't depend on the input.
    const expected = await vouch(addressKey, deviceId, issuedAt);
    const alive = clock() < issuedAt + deviceTokenLifetimeSeconds;
    if (deviceId === "" || !equalInConstantTime(mac, expected) || !alive) return false;
    const generation = await generationOf(addressKey);
    return generation !== undefined && isOf(generation, deviceId);
  },
});
export type DeviceTokens = ReturnType<typeof deviceTokens>;
