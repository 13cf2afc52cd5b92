/** The languages of letters, as BCP 47 tags. `letters/` has one file for each. */
export const locales = ["en", "de", "fr", "es", "ar"] as const;
export type Locale = (typeof locales)[number];

export const isLocale = (text: string): text is Locale => (locales as readonly string[]).includes(text);

/** RFC 5646 4.4.1 names this length. Parsing much longer tags takes long. */
export const longestTag = 35;

const inAnyCase = (text: string) => text.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
const language = locales.map(inAnyCase).join("|");

/** A tag of one of our languages, such as `de-AT`, also as other systems spell it (`de_at`). */
export const localeTag = new RegExp(`^(${language})([-_][A-Za-z0-9]{1,8})*$`);

/** Also of `deu`, in headers. */
export const localeOf = (tag: string): Locale | undefined => {
  if (tag.length > longestTag) return undefined;
  const written = localeTag.exec(tag)?.[1]?.toLowerCase();
  if (written !== undefined && isLocale(written)) return written;
  try {
    const { language } = new Intl.Locale(tag.replaceAll("_", "-"));
    return isLocale(language) ? language : undefined;
  } catch {
    return undefined;
  }
};
