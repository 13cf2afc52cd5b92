/** The languages of letters, as BCP 47 tags. `letters/` has one file for each. */
export const locales = ["en", "de", "fr", "es", "ar"] as const;
export type Locale = (typeof locales)[number];

export const isLocale = (text: string): text is Locale => (locales as readonly string[]).includes(text);
