import type { Pseudonyms } from "../identity/pseudonyms.ts";
import type { DeviceTokens } from "./device-tokens.ts";
import { deviceSubject, guessesFrom } from "./guess-limits.ts";
import type { Limit } from "./counters.ts";

export type GuessDeps = {
  deviceTokens: Pick<DeviceTokens, "verify">;
  pseudonyms: Pick<Pseudonyms, "ofNetwork">;
};

/**
 * A known device has its own counters and no limit by network, so it can't be locked out by guesses
 * that strangers make for its address or from its network.
 */
export const guessSubject = async (
  addressKey: string,
  { deviceToken, sourceIp }: { deviceToken: string | undefined; sourceIp: string },
  { deviceTokens, pseudonyms }: GuessDeps,
): Promise<{ subject: string; networkLimits: Limit[] }> => {
  const deviceId = await deviceTokens.verify(deviceToken, addressKey);
  if (deviceId !== undefined) return { subject: deviceSubject(deviceId), networkLimits: [] };
  return { subject: addressKey, networkLimits: [guessesFrom(await pseudonyms.ofNetwork(sourceIp))] };
};
