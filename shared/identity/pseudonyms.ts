/**
 * Pseudonyms of addresses and networks: an HMAC with a secret that never changes. A pseudonym may
 * stand in a queue, a log or a table, because it does not reveal the address, and nobody can
 * compute it without the secret.
 */
import { createHmac } from "node:crypto";
import ipaddr from "ipaddr.js";
import { variable } from "../platform/environment.ts";
import { readSecret } from "../platform/secrets.ts";
import { normaliseAddress } from "./email-address.ts";

const hmacOf = async (kind: string, value: string): Promise<string> => {
  const secret = await readSecret(variable("PSEUDONYM_SECRET_ID"));
  return createHmac("sha256", secret).update(`${kind}\0${value}`).digest("base64url");
};

/**
 * The network that a call came from: one address of IPv4, or the /64 of IPv6 that one subscriber
 * has.
 */
export const networkOf = (sourceIp: string): string => {
  if (!ipaddr.isValid(sourceIp)) return sourceIp;
  const parsed = ipaddr.process(sourceIp);
  return parsed.toByteArray().slice(0, 8).join(".");
};

export const pseudonyms = {
  /** The address key, under which items of this address are stored. */
  ofAddress: (address: string): Promise<string> => hmacOf("address", normaliseAddress(address)),

  /** The mailbox behind an address: most providers deliver `ada+anything@` to `ada@`. */
  ofMailbox: (address: string): Promise<string> =>
    hmacOf("mailbox", normaliseAddress(address).replace(/\+[^@]*/, "")),

  /**
   * The subject under which reset letters are counted. Without a tag it is this address alone, so
   * that requests for other spellings cannot use up its resets. All tagged spellings of a mailbox
   * count as one, so that they cannot flood it.
   */
  ofResetMailbox: (address: string): Promise<string> =>
    hmacOf("reset", normaliseAddress(address).replace(/\+[^@]*/, "+")),

  ofNetwork: (sourceIp: string): Promise<string> => hmacOf("network", networkOf(sourceIp)),

  /**
   * The id of the account that an unknown address does not have. It is looked up like a real one
   * (see `decoys`).
   */
  decoyId: (address: string): Promise<string> => hmacOf("stranger", normaliseAddress(address)),
};
export type Pseudonyms = typeof pseudonyms;

/** Proves that a device token is ours: nobody can compute it without the secret. */
export const deviceTokenMac = (text: string): Promise<string> => hmacOf("device", text);
