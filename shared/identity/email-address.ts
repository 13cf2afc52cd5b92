/** What counts as an e-mail address here, and how two spellings of one address become the same key. */
import { domainToASCII } from "node:url";

// RFC 5321: 64 bytes before the @, 254 in all. SES delivers to no other local parts than RFC 5322 dot-atoms in ASCII.
const localPartPattern = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
// What `domainToASCII` gets to see: it parses as URLs do, where / ? # end a host, tabs vanish and %41 is a letter.
const typedDomainPattern = /^[\p{L}\p{M}\p{N}.\u3002-]+$/u;
const domainPattern = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/;

/** The form that letters are sent to: the local part as typed, the domain by IDNA to ASCII. `undefined` if it is no address. */
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

/** The form that keys are made of: case does not tell two people apart. */
export const normaliseAddress = (typed: string): string => {
  const deliverable = deliverableAddress(typed);
  if (deliverable === undefined) throw new TypeError("not an e-mail address");
  return deliverable.toLowerCase();
};
