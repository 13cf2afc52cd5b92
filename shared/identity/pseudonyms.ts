// Pseudonyms may be stored and logged, because testing a guessed address requires the secret.
import { createHmac } from "node:crypto";
import ipaddr from "ipaddr.js";
import { variable } from "../platform/environment.ts";
import { readSecret } from "../platform/secrets.ts";
import { domainOf, mailboxOf, normaliseAddress } from "./email-address.ts";

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

const of = {
  ofAddress: (address: string): Promise<string> => hmacOf("address", normaliseAddress(address)),

  /** Different spellings of an address that reach the same mailbox have the same pseudonym. */
  ofMailbox: (address: string): Promise<string> => hmacOf("mailbox", mailboxOf(address)),

  ofDomain: (address: string): Promise<string> => hmacOf("domain", domainOf(address)),

  ofNetwork: (sourceIp: string): Promise<string> => hmacOf("network", networkOf(sourceIp)),
};

export const pseudonyms = {
  ...of,

  /** What a registration is counted for. */
  ofRegistration: async (address: string, sourceIp: string) => ({
    addressKey: await of.ofAddress(address),
    mailboxKey: await of.ofMailbox(address),
    networkKey: await of.ofNetwork(sourceIp),
    domainKey: await of.ofDomain(address),
  }),

  /**
   * Returns the salt of the password in a registration. It is as unpredictable as a random one, and
   * the same for one address, so that a repeated registration is recognised without another hash.
   */
  registrationSalt: async (addressKey: string): Promise<Buffer> =>
    Buffer.from(await hmacOf("salt", addressKey), "base64url").subarray(0, 16),

  /** The id of a decoy account, which is read if the address is unknown. */
  decoyId: (address: string): Promise<string> => hmacOf("stranger", normaliseAddress(address)),
};
export type Pseudonyms = typeof pseudonyms;
