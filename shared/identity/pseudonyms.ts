/**
 * Keys made of addresses: an HMAC with a secret that never changes, so that a key may stand in a queue, a log or a table
 * without telling the address, and nobody without the secret can make one.
 */
import { createHmac } from "node:crypto";
import ipaddr from "ipaddr.js";
import { normaliseAddress } from "./email-address.ts";
import { variable } from "../platform/environment.ts";
import { readSecret } from "../platform/secrets.ts";

const keyOf = async (kind: string, value: string): Promise<string> => {
  const secret = await readSecret(variable("KEY_SECRET_ID"));
  return createHmac("sha256", secret).update(`${kind}\0${value}`).digest("base64url");
};

export const addressKey = (address: string): Promise<string> => keyOf("address", normaliseAddress(address));

/** The key of the mailbox behind an address: most providers deliver `ada+anything@` to `ada@`. */
export const mailboxKey = (address: string): Promise<string> =>
  keyOf("mailbox", normaliseAddress(address).replace(/\+[^@]*/, ""));

/**
 * Under what letters to a lost password are counted. Without a tag it is the address and no other: whatever a stranger asks
 * for under it puts a code into its owner's mailbox. All tags of a mailbox count as one, so that it can't be flooded by them.
 */
export const resetMailboxKey = (address: string): Promise<string> =>
  keyOf("reset", normaliseAddress(address).replace(/\+[^@]*/, "+"));

/** The id of the account that an unknown address does not have: looked up like a real one, so that nobody can tell. */
export const strangerId = (address: string): Promise<string> => keyOf("stranger", normaliseAddress(address));

/** The network that a call came from: one address of IPv4, a /64 of IPv6, which is what one subscriber has. */
export const networkOf = (sourceIp: string): string => {
  if (!ipaddr.isValid(sourceIp)) return sourceIp;
  const parsed = ipaddr.process(sourceIp);
  return parsed.toByteArray().slice(0, 8).join(".");
};

export const networkKey = (sourceIp: string): Promise<string> => keyOf("network", networkOf(sourceIp));

/** Vouches for a text as ours: nobody without the secret can make it. */
export const voucher = (text: string): Promise<string> => keyOf("device", text);
