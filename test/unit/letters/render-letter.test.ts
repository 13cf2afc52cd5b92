import { describe, expect, it } from "vitest";
import { locales, type Locale } from "../../../shared/identity/locale.ts";
import { letterBook, type LetterBook } from "../../../shared/letters/letter-book.ts";
import { letterNames, type LetterName } from "../../../shared/letters/letter-names.ts";
import { renderLetter, textFor } from "../../../shared/letters/render-letter.ts";

const values = {
  product: "LIT Auth",
  time: 1_795_391_640,
  until: 1_795_996_440,
  duration: 600,
  code: "012 345",
};
const longCode = "ABCD-EFGH-IJKL-MNOP";
const render = (
  name: LetterName,
  locale?: Locale,
  changes: Partial<typeof values> = {},
  book: LetterBook = letterBook,
) => renderLetter(name, { ...values, ...changes }, { locale, defaultLocale: "en" }, book);

/** What a person sees of the HTML part. */
const visible = (html: string): string =>
  html
    .replace(/^[^]*<body[^>]*>/, "")
    .replaceAll(/<[^>]+>/g, "")
    .replaceAll(/\s+/g, " ")
    .trim();

describe("rendered letter", () => {
  it("says when it was sent and how long the code lives", () => {
    expect(render("activation").text).toBe(
      [
        "Your activation code for LIT Auth:",
        "    012 345",
        "Enter it on the page where you registered.",
        "Sent on 22 November 2026 at 23:54 UTC. The code is valid for 10 minutes and works once. Only the code in the newest email works.",
        "If you did not register, ignore this email: nothing happens without the code.",
        "LIT Auth",
      ].join("\n\n"),
    );
  });

  it.each(letterNames)("is complete in every language: %s", (name) => {
    for (const locale of locales) {
      const { subject, text, html } = render(name, locale);
      for (const part of [subject, text, html]) expect(part).not.toMatch(/undefined|\{[a-z]+\}/);
      expect(html).toContain(`<html lang="${locale}" dir="${locale === "ar" ? "rtl" : "ltr"}">`);
      expect(subject).toContain("LIT Auth");
      expect(subject).not.toMatch(/\d/);
      expect(html).not.toMatch(/<(?:img|a|link|script|table)\b|https?:|url\(/);
    }
  });

  it.each(["activation", "activation_replaced", "login", "password_reset", "email_change"] as const)(
    "begins with its code, alone in a line: %s",
    (name) => {
      for (const locale of locales) {
        const { text, html } = render(name, locale);
        expect(text.split("\n")[2]).toBe(locale === "ar" ? "    \u2066012 345\u2069" : "    012 345");
        // Lists of letters show about so much.
        expect(visible(html).indexOf("012345")).toBeGreaterThan(0);
        expect(visible(html).indexOf("012345")).toBeLessThan(80);
      }
    },
  );

  it("has its code as one isolated word in HTML", () => {
    expect(render("login", "ar").html).toContain('<bdi dir="ltr" title="012 345">012345</bdi>');
    const { html, text } = render("email_changing", "ar", { code: longCode });
    expect(visible(html)).toContain(longCode.replaceAll("-", ""));
    expect(text).toContain(`\n    \u2066${longCode}\u2069\n`);
    expect(render("email_changing", "en", { code: longCode }).text).toContain(`\n    ${longCode}\n`);
  });

  it("has times in UTC and plural forms of its language", () => {
    const texts = (["de", "fr", "es", "ar"] as const).map((locale) =>
      [60, 120, 600, 660, 90, 604_800].map((duration) => {
        const { text } = render("login", locale, { duration });
        return /(?:ist|valable|durante|الرمز:) \u2068?(.+?)\u2069?(?: gültig| et| y|،)/.exec(
          // Which spaces don't break is a matter of the ICU version.
          text.replaceAll(/\s/g, " "),
        )?.[1];
      }),
    );
    expect(texts).toEqual([
      ["1 Minute", "2 Minuten", "10 Minuten", "11 Minuten", "90 Sekunden", "7 Tage"],
      ["1 minute", "2 minutes", "10 minutes", "11 minutes", "90 secondes", "7 jours"],
      ["1 minuto", "2 minutos", "10 minutos", "11 minutos", "90 segundos", "7 días"],
      ["دقيقة", "دقيقتان", "10 دقائق", "11 دقيقة", "90 ثانية", "7 أيام"],
    ]);
    const times = (["de", "fr", "es", "ar"] as const).map((locale) => render("goodbye", locale).text);
    expect(times[0]).toContain("Gesendet am 22. November 2026 um 23:54 UTC.");
    expect(times[1]).toContain("Envoyé le 22 novembre 2026 à 23:54 UTC.");
    expect(times[2]).toContain("Enviado el 22 de noviembre de 2026 a las 23:54 UTC.");
    expect(times[3]).toContain("\u206822 نوفمبر 2026 في 23:54 UTC\u2069");
    expect(render("address_held", "de").text).toContain("noch bis zum 29. November 2026 um 23:54 UTC");
  });

  it("escapes the product's name in HTML only, and fills it once", () => {
    const product = 'Fish & <b>"Chips"</b> {code} $&';
    const { html, text, subject } = render("activation", "en", { product });
    expect(html).toContain("for Fish &amp; &lt;b&gt;&quot;Chips&quot;&lt;/b&gt; {code} $&amp;:");
    expect(html).not.toContain("<b>");
    expect(text).toContain(`for ${product}:`);
    expect(subject).toBe(`${product}: your activation code`);
  });

  it("isolates a name that is written in the other direction", () => {
    const product = '<&"חנות';
    const { html, text, subject } = render("login", "de", { product });
    expect(html).toContain("für <bdi>&lt;&amp;&quot;חנות</bdi>:");
    expect(text).toContain(`für \u2068${product}\u2069:`);
    expect(subject).toBe(`\u2068${product}\u2069: Ihr Anmeldecode`);
    const inArabic = render("login", "ar", { product: "LIT Auth" });
    expect(inArabic.text).toContain("إلى \u2068LIT Auth\u2069:");
    expect(inArabic.html).toContain("إلى <bdi>LIT Auth</bdi>:");
  });

  it("throws rather than sends a letter without one of its values", () => {
    const { until: _, ...others } = values;
    expect(() => renderLetter("address_held", others, { defaultLocale: "en" })).toThrow("{until}");
  });

  it("has the owner's logo, footer and colours, also in the dark", () => {
    const layout = {
      ...letterBook.layout,
      logo: "{product} team",
      footer: "Example Ltd, 1 Main Street",
      dark: { ...letterBook.layout.dark, code: "#ffee00" },
    };
    const { html, text } = render("login", "en", {}, { ...letterBook, layout });
    expect(text.endsWith("\n\nLIT Auth team\n\nExample Ltd, 1 Main Street")).toBe(true);
    expect(html).toContain(">LIT Auth team</p>");
    expect(html).toContain("Example Ltd, 1 Main Street</p>");
    const dark = /@media \(prefers-color-scheme:dark\)\{(.*)\}<\/style>/.exec(html)?.[1] ?? "";
    expect(dark).toContain(".code{color:#ffee00!important}");
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('<meta name="supported-color-schemes" content="light dark">');
  });
});

describe("language of a letter", () => {
  const without = (locale: Locale, name: LetterName): LetterBook => {
    const { [name]: _, ...rest } = letterBook.texts[locale];
    return { ...letterBook, texts: { ...letterBook.texts, [locale]: rest } };
  };
  const languageOf = (
    locale: Locale | undefined,
    defaultLocale: Locale,
    book: LetterBook = letterBook,
  ): Locale => textFor("login", { locale, defaultLocale }, book).language;

  it("is the person's, else the site's, else English", () => {
    expect(languageOf("fr", "de")).toBe("fr");
    expect(languageOf(undefined, "de")).toBe("de");
    expect(languageOf("fr", "de", without("fr", "login"))).toBe("de");
    expect(languageOf("fr", "fr", without("fr", "login"))).toBe("en");
    expect(languageOf("fr", "de", without("fr", "goodbye"))).toBe("fr");
  });

  it("also decides direction, times and durations of a fallback", () => {
    const { html, text } = render("login", "ar", {}, without("ar", "login"));
    expect(html).toContain('<html lang="en" dir="ltr">');
    expect(text).toContain("Sent on 22 November 2026 at 23:54 UTC. The code is valid for 10 minutes");
  });
});
