/**
 * Decides under which subject a guess of a password or a code is counted, before anybody knows
 * whether it is right.
 */
import type { Pseudonyms } from "../identity/pseudonyms.ts";
import type { DeviceTokens } from "./device-tokens.ts";
import { deviceSubject, guessesFrom } from "./guess-limits.ts";
import type { Limit } from "./limit-store.ts";

export type GuessDeps = {
  deviceTokens: Pick<DeviceTokens, "verify">;
  pseudonyms: Pick<Pseudonyms, "ofNetwork">;
};

/**
 * A known device has counters of its own, and no limit by network: neither a stranger who uses up
 * the counters of the address nor a neighbour in its network can lock the device out. Everybody
 * else shares the counters of the address and those of their network.
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
