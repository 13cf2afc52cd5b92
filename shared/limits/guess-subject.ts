/** Under what a try of a password or a code is counted, before anybody knows whether it is right. */
import type { DeviceTokens } from "./device-tokens.ts";
import type { networkKey } from "../identity/pseudonyms.ts";
import { deviceSubject, guessesFrom } from "./limit-rules.ts";
import type { Limit } from "./limit-store.ts";

export type GuessDeps = {
  deviceTokens: Pick<DeviceTokens, "verify">;
  networkKey: typeof networkKey;
};

/**
 * A device that has proven the address before has counters of its own, and its network is not asked: neither a stranger who
 * uses up those of the address nor a neighbour can lock it out. Everybody else shares those of the address and of his network.
 */
export const guessSubject = async (
  addressKey: string,
  { deviceToken, sourceIp }: { deviceToken: string | undefined; sourceIp: string },
  { deviceTokens, networkKey }: GuessDeps,
): Promise<{ bearer: string; besides: Limit[] }> => {
  const deviceId = await deviceTokens.verify(deviceToken, addressKey);
  if (deviceId !== undefined) return { bearer: deviceSubject(deviceId), besides: [] };
  return { bearer: addressKey, besides: [guessesFrom(await networkKey(sourceIp))] };
};
