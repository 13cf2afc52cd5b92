import Negotiator from "negotiator";
import { localeOf, locales, type Locale } from "./locale.ts";

/** RFC 4647's lookup. A `*` finds none, because it names no language that the person reads. */
export const acceptedLocale = (header: string | undefined): Locale | undefined => {
  const negotiator = new Negotiator({ headers: { "accept-language": header ?? "" } });
  const accepted = negotiator.languages([...locales]);
  const preferred = negotiator.languages().map(localeOf);
  return preferred.find((locale) => locale !== undefined && accepted.includes(locale));
};
