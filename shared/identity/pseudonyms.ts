// Pseudonyms may be stored and logged, because testing a guessed address requires the secret.
import { createHmac } from "node:crypto";
import ipaddr from "ipaddr.js";
import { variable } from "../platform/environment.ts";
import { readSecret } from "../platform/secrets.ts";
import { normaliseAddress } from "./email-address.ts";

const hmacOf = async (kind: string, value: string): Promise<string> => {
  const secret = await readSecret(variable("PSEUDONYM_SECRET_ID"));
  return createHmac("sha256", secret).update(`${kind}\0${value}`).digest("base64url");
};

/** Returns an IPv4 address as it is, or the /64 prefix of IPv6, which one subscriber has. */
export const networkOf = (sourceIp: string): string => {
  if (!ipaddr.isValid(sourceIp)) return sourceIp;
  const parsed = ipaddr.process(sourceIp);
  return parsed.toByteArray().slice(0, 8).join(".");
};

export const pseudonyms = {
  ofAddress: (address: string): Promise<string> => hmacOf("address", normaliseAddress(address)),

  /** Most providers deliver `ada+anything@` to `ada@`. */
  ofMailbox: (address: string): Promise<string> =>
    hmacOf("mailbox", normaliseAddress(address).replace(/\+[^@]*/, "")),

  // The address without a tag has its own count of reset letters, so requests for tagged spellings
  // can't use up its resets. Tagged spellings share one count, so they can't flood the mailbox.
  ofResetMailbox: (address: string): Promise<string> =>
    hmacOf("reset", normaliseAddress(address).replace(/\+[^@]*/, "+")),

  ofNetwork: (sourceIp: string): Promise<string> => hmacOf("network", networkOf(sourceIp)),

  /** The id of a decoy account, which is read if the address is unknown. */
  decoyId: (address: string): Promise<string> => hmacOf("stranger", normaliseAddress(address)),
};
export type Pseudonyms = typeof pseudonyms;
