// Letters contain no links, because mail scanners open them. They contain no text that a caller
// supplied, because anyone could use it to send spam.
import type { Locale } from "../identity/locale.ts";
import { htmlOf, type Block } from "./html-letter.ts";
import { letterBook, type LetterBook } from "./letter-book.ts";
import { directionOf, shownDuration, shownTime, type Direction } from "./letter-formats.ts";
import type { LetterName, LetterValues } from "./letter-names.ts";
import type { LetterText } from "./letter-schemas.ts";

export type Letter = { subject: string; text: string; html: string; language: Locale };

/** The person's language, then that of the site. */
export type Languages = { locale?: Locale | undefined; defaultLocale: Locale };

export const textFor = (
  name: LetterName,
  { locale, defaultLocale }: Languages,
  { texts }: LetterBook,
): { language: Locale; letter: LetterText } => {
  for (const language of [locale, defaultLocale])
    if (language !== undefined && texts[language][name]) return { language, letter: texts[language][name] };
  return { language: "en", letter: texts.en[name] };
};

const shownValues = ({ time, until, duration, ...rest }: LetterValues, language: Locale) => ({
  ...rest,
  ...(time !== undefined && { time: shownTime(time, language) }),
  ...(until !== undefined && { until: shownTime(until, language) }),
  ...(duration !== undefined && { duration: shownDuration(duration, language) }),
});

const rightToLeft = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;

/**
 * Splits a text into its words and the values of its placeholders. A value of the other direction
 * would change the order of the words around it, so it is isolated.
 */
const fill = (
  text: string,
  values: Readonly<Record<string, string | undefined>>,
  direction: Direction,
): Block =>
  text.split(/(\{[a-z]+\})/).flatMap((part): Block => {
    if (part === "") return [];
    if (!/^\{[a-z]+\}$/.test(part)) return [part];
    const value = values[part.slice(1, -1)];
    if (value === undefined) throw new Error(`a letter has no value for ${part}`);
    return direction === "rtl" || rightToLeft.test(value) ? [{ isolated: value }] : [value];
  });

const plain = (block: Block): string =>
  block.map((part) => (typeof part === "string" ? part : `\u2068${part.isolated}\u2069`)).join("");

export const renderLetter = (
  name: LetterName,
  given: LetterValues,
  languages: Languages,
  book: LetterBook = letterBook,
): Letter => {
  const { language, letter } = textFor(name, languages, book);
  const direction = directionOf(language);
  const values = shownValues(given, language);
  const { code } = values;
  const { logo = "{product}", footer = "" } = book.layout;
  // The subject doesn't contain the code: logs and lock screens show subjects.
  const subject = plain(fill(letter.subject, { product: values.product }, "ltr"));
  const codeLine = direction === "rtl" ? `    \u2066${code}\u2069` : `    ${code}`;
  const ending = [logo, ...(footer === "" ? [] : [footer])].map((text) => fill(text, values, direction));
  const paragraphs = letter.paragraphs.map((text) =>
    text === "{code}" && code !== undefined ? { code } : fill(text, values, direction),
  );
  return {
    language,
    subject,
    text: [...paragraphs, ...ending].map((block) => ("code" in block ? codeLine : plain(block))).join("\n\n"),
    html: htmlOf({ subject, language, direction, paragraphs, ending, layout: book.layout }),
  };
};
