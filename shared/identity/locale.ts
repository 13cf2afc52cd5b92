/** The languages of letters, as BCP 47 tags. `letters/` has one file for each. */
export const locales = ["en", "de", "fr", "es", "ar"] as const;
export type Locale = (typeof locales)[number];

export const isLocale = (text: string): text is Locale => (locales as readonly string[]).includes(text);

/** RFC 5646 4.4.1 names this length. Parsing much longer tags takes long. */
const longestTag = 35;

/** Finds the language of a tag such as `de-AT`, also as other systems spell it (`de_at`). */
export const localeOf = (tag: string): Locale | undefined => {
  if (tag.length > longestTag) return undefined;
  try {
    const { language } = new Intl.Locale(tag.replaceAll("_", "-"));
    return isLocale(language) ? language : undefined;
  } catch {
    return undefined;
  }
};
