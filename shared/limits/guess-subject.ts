import type { Pseudonyms } from "../identity/pseudonyms.ts";
import type { DeviceTokens } from "./device-tokens.ts";
import { devicesSubject, guessesFrom } from "./guess-limits.ts";
import type { Limit } from "./counters.ts";

export type GuessDeps = {
  deviceTokens: Pick<DeviceTokens, "verify">;
  pseudonyms: Pick<Pseudonyms, "ofNetwork">;
};

/**
 * The known devices of an address have their own counters and no limit by network, so they can't be
 * locked out by guesses that strangers make for the address or from their network. They share one
 * sum, so that copied tokens allow no more guesses than one.
 */
export const guessSubject = async (
  addressKey: string,
  { deviceToken, sourceIp }: { deviceToken: string | undefined; sourceIp: string },
  { deviceTokens, pseudonyms }: GuessDeps,
): Promise<{ subject: string; networkLimits: Limit[] }> => {
  if (await deviceTokens.verify(deviceToken, addressKey))
    return { subject: devicesSubject(addressKey), networkLimits: [] };
  return { subject: addressKey, networkLimits: [guessesFrom(await pseudonyms.ofNetwork(sourceIp))] };
};
