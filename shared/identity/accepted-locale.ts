import Negotiator from "negotiator";
import { localeOf, locales, type Locale } from "./locale.ts";

/**
 * Looks up the preferred language of an `Accept-Language` header (RFC 4647 3.4). `*` means none,
 * because everybody without a preference would get the first one of our list.
 */
export const acceptedLocale = (header: string | undefined): Locale | undefined => {
  const negotiator = new Negotiator({ headers: { "accept-language": header ?? "" } });
  const accepted = negotiator.languages([...locales]);
  const preferred = negotiator.languages().map(localeOf);
  return preferred.find((locale) => locale !== undefined && accepted.includes(locale));
};
