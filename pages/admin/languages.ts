import type { AdminUser } from "./data-provider.ts";

type Language = NonNullable<AdminUser["locale"]>;

export const languages: Record<Language, string> = {
  en: "English",
  de: "German",
  fr: "French",
  es: "Spanish",
  ar: "Arabic",
};
export const noLanguage = "Not chosen";

export const languageName = ({ locale }: AdminUser): string =>
  locale === null ? noLanguage : languages[locale];
