import type { Locale } from "../identity/locale.ts";
import { prepared } from "../platform/lazy.ts";

export type Direction = "ltr" | "rtl";

// Arabic letters have Latin digits, like the code that people type.
const languages: Record<Locale, { tag: string; direction: Direction }> = {
  en: { tag: "en-GB", direction: "ltr" },
  de: { tag: "de", direction: "ltr" },
  fr: { tag: "fr", direction: "ltr" },
  es: { tag: "es", direction: "ltr" },
  ar: { tag: "ar-u-nu-latn", direction: "rtl" },
};

export const directionOf = (locale: Locale): Direction => languages[locale].direction;

const made = new Map<Locale, Intl.DateTimeFormat>();
const timeFormat = (locale: Locale): Intl.DateTimeFormat => {
  const known = made.get(locale);
  if (known) return known;
  const format = new Intl.DateTimeFormat(languages[locale].tag, {
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: "UTC",
    timeZoneName: "short",
  });
  made.set(locale, format);
  return format;
};

const numberFormat = (locale: Locale, unit: string): Intl.NumberFormat =>
  new Intl.NumberFormat(languages[locale].tag, { style: "unit", unit, unitDisplay: "long" });

/** The first format of each kind loads data for ten milliseconds; further languages need one. */
const load = prepared(() => [timeFormat("en").format(0), numberFormat("en", "minute").format(1)]);

export const shownTime = (epochSeconds: number, locale: Locale): string => {
  load();
  return timeFormat(locale).format(epochSeconds * 1000);
};

const units = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** In the largest unit that needs no fraction, with the plural forms of the language. */
export const shownDuration = (seconds: number, locale: Locale): string => {
  const [unit, size] = units.find(([, length]) => seconds % length === 0) ?? (["second", 1] as const);
  return numberFormat(locale, unit).format(seconds / size);
};
