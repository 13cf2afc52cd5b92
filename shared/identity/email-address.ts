import { domainToASCII } from "node:url";

// SES only delivers to local parts that are ASCII dot-atoms (RFC 5322). RFC 5321 sets the lengths.
const localPartPattern = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
// `domainToASCII` parses a URL host: it stops at / ? #, drops tabs and decodes %41.
const typedDomainPattern = /^[\p{L}\p{M}\p{N}.\u3002-]+$/u;
const domainPattern = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** Returns the address with its domain in ASCII (IDNA), or `undefined` if it isn't valid. */
export const deliverableAddress = (typed: string): string | undefined => {
  const at = typed.lastIndexOf("@");
  const localPart = typed.slice(0, at);
  if (at < 1 || localPart.length > 64 || !localPartPattern.test(localPart)) return undefined;
  const typedDomain = typed.slice(at + 1);
  if (!typedDomainPattern.test(typedDomain)) return undefined;
  const domain = domainToASCII(typedDomain);
  if (!domainPattern.test(domain) || localPart.length + 1 + domain.length > 254) return undefined;
  return `${localPart}@${domain}`;
};

export const isAddress = (typed: string): boolean => deliverableAddress(typed) !== undefined;

/** Returns the form for keys, in which case makes no difference. */
export const normaliseAddress = (typed: string): string => {
  const deliverable = deliverableAddress(typed);
  if (deliverable === undefined) throw new TypeError("not an email address");
  return deliverable.toLowerCase();
};

export const domainOf = (typed: string): string => {
  const address = normaliseAddress(typed);
  return address.slice(address.lastIndexOf("@") + 1);
};

/** SES answers for it itself, in its sandbox too, so what its DNS says makes no difference. */
export const simulatorDomain = "simulator.amazonses.com";

const gmailDomains = new Set(["gmail.com", "googlemail.com"]);
const yahooDomain = /^(?:yahoo(?:\.[a-z]{2,3}){1,2}|ymail\.com|rocketmail\.com|myyahoo\.com)$/;

/**
 * Returns the mailbox that providers deliver the address to. Most ignore a `+tag`. Gmail ignores
 * dots, and Yahoo takes what follows a dash as a tag.
 */
export const mailboxOf = (typed: string): string => {
  const address = normaliseAddress(typed);
  const at = address.lastIndexOf("@");
  const [local, domain] = [address.slice(0, at).replace(/\+.*$/, ""), address.slice(at + 1)];
  if (gmailDomains.has(domain)) return `${local.replaceAll(".", "")}@gmail.com`;
  return yahooDomain.test(domain) ? `${local.replace(/-.*$/, "")}@${domain}` : `${local}@${domain}`;
};

/** True for all spellings of a mailbox but one. Anyone can make up any number of them. */
export const isOtherSpelling = (typed: string): boolean => mailboxOf(typed) !== normaliseAddress(typed);
