// Shows every letter in every language at `/_letters/`. It reads the texts at each request, so
// that an edit shows after a reload.
import * as z from "zod";
import { isLocale, locales, type Locale } from "../../../shared/identity/locale.ts";
import { escaped } from "../../../shared/letters/html-letter.ts";
import type { LetterBook } from "../../../shared/letters/letter-book.ts";
import { directionOf } from "../../../shared/letters/letter-formats.ts";
import { lettersFolder, readLetters } from "../../../shared/letters/letter-files.ts";
import { isLetterName, letterNames, type LetterName } from "../../../shared/letters/letter-names.ts";
import { renderLetter, textFor, type Languages } from "../../../shared/letters/render-letter.ts";
import type { Templates } from "../cloudformation/templates.ts";
import type { HttpAnswer } from "../gateway/default-responses.ts";
import { pageAnswer } from "./page-answer.ts";

export type LetterPreview = (url: string, query: URLSearchParams) => HttpAnswer | undefined;

const day = 86_400;
const widths = [320, 640];
const schemes = ["light", "dark"] as const;

const mailerVariables = z.object({
  PRODUCT_NAME: z.string(),
  OTP_LIFETIME_SECONDS: z.coerce.number(),
  DEFAULT_LOCALE: z.enum(locales),
});
const functionProperties = z.object({
  Environment: z
    .object({ Variables: z.record(z.string(), z.unknown()).default({}) })
    .default({ Variables: {} }),
});

/** Fixture stacks of tests have no mailer. */
const mailerOf = (templates: Templates): z.output<typeof mailerVariables> => {
  const mailer = templates
    .ofType("AWS::Lambda::Function")
    .map((resource) => functionProperties.parse(resource.properties()).Environment.Variables)
    .find((variables) => "DEFAULT_LOCALE" in variables);
  return mailer
    ? mailerVariables.parse(mailer)
    : { PRODUCT_NAME: "Product", OTP_LIFETIME_SECONDS: 600, DEFAULT_LOCALE: "en" };
};

const longCodes = new Set<LetterName>(["password_reset", "email_change", "email_changing", "invitation"]);
const validForSevenDays = new Set<LetterName>(["email_changing", "email_changing_again", "invitation"]);

const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

const answer = (body: string, contentType = "text/html", status = 200): HttpAnswer =>
  pageAnswer(body, { contentType, contentSecurityPolicy, status });

const style = `
:root { color-scheme: light dark }
body { margin: 0 auto; max-width: 84rem; padding: 0 1rem 2rem; background: light-dark(#ffffff, #16191d); color: light-dark(#1c1f23, #e8eaed); font: 1rem/1.5 system-ui, sans-serif }
a { color: light-dark(#0b57d0, #8ab4f8) }
table { border-collapse: collapse }
th, td { padding: .25rem .75rem .25rem 0; text-align: start; border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent) }
td a, nav a { display: inline-block; min-width: 1.5rem; padding: .125rem }
.frames { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start }
figure { margin: 0; max-width: 100% }
iframe { max-width: 100%; height: 34rem; border: 1px solid }
pre { white-space: pre-wrap; overflow-wrap: anywhere }
@media (width < 40rem) {
  tr { display: flex; flex-wrap: wrap; column-gap: 1rem; border-bottom: 1px solid color-mix(in srgb, currentColor 25%, transparent) }
  th { flex-basis: 100% }
  th, td { border: 0 }
}
`;

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><link rel="icon" href="data:,"><style>${style}</style></head><body><main><h1>${title}</h1>${body}</main></body></html>`;

const languageLinks = `<nav aria-label="Languages">All letters in ${locales
  .map((locale) => `<a href="/_letters/${locale}/">${locale}</a>`)
  .join(" ")} · <a href="/_letters/">Letters</a> · <a href="/_inbox/">Inbox</a></nav>`;

const overview = (): string => {
  const rows = letterNames.map((name) => {
    const cells = locales.map(
      (locale) =>
        `<td><a href="/_letters/${locale}/${name}.html">${locale}</a> <a href="/_letters/${locale}/${name}.txt">text</a></td>`,
    );
    return `<tr><th scope="row">${name}</th>${cells.join("")}</tr>`;
  });
  return page("Letters", `${languageLinks}<table>${rows.join("\n")}</table>`);
};

const problemPage = (problems: readonly string[]): string =>
  page(
    "The letters break a rule",
    `<ul>${problems.map((problem) => `<li>${escaped(problem)}</li>`).join("\n")}</ul>`,
  );

/** Lets the query choose what otherwise the person's system does. */
const inScheme = (html: string, scheme: string | null): string => {
  if (scheme !== "light" && scheme !== "dark") return html;
  return html
    .replaceAll('content="light dark"', `content="${scheme}"`)
    .replace("color-scheme:light dark", `color-scheme:${scheme}`)
    .replace("(prefers-color-scheme:dark)", scheme === "dark" ? "all" : "not all");
};

export const createLetterPreview = (templates: Templates, folder = lettersFolder): LetterPreview => {
  const mailer = mailerOf(templates);
  const languagesOf = (locale: Locale): Languages => ({ locale, defaultLocale: mailer.DEFAULT_LOCALE });

  const render = (name: LetterName, locale: Locale, book: LetterBook) => {
    const time = Math.floor(Date.now() / 1000);
    const values = {
      product: mailer.PRODUCT_NAME,
      time,
      until: time + 7 * day,
      duration: validForSevenDays.has(name) ? 7 * day : mailer.OTP_LIFETIME_SECONDS,
      code: longCodes.has(name) ? "ABCD-EFGH-IJKL-MNOP" : "123 456",
    };
    return renderLetter(name, values, languagesOf(locale), book);
  };

  const section = (name: LetterName, locale: Locale, book: LetterBook): string => {
    const { subject, text } = render(name, locale, book);
    const { language } = textFor(name, languagesOf(locale), book);
    const direct = `lang="${language}" dir="${directionOf(language)}"`;
    const address = `/_letters/${locale}/${name}`;
    const frames = widths.flatMap((width) =>
      schemes.map(
        (scheme) =>
          `<figure><iframe src="${address}.html?scheme=${scheme}" title="${name}, ${width} pixels, ${scheme}" width="${width}" loading="lazy"></iframe></figure>`,
      ),
    );
    return `<section><h2>${name}${language === locale ? "" : ` (falls back to ${language})`}</h2><p ${direct}>${escaped(subject)}</p><p><a href="${address}.html">HTML</a> · <a href="${address}.txt">Text</a></p><details><summary>Text</summary><pre ${direct}>${escaped(text)}</pre></details><div class="frames">${frames.join("")}</div></section>`;
  };

  return (url, query) => {
    if (url !== "/_letters" && !url.startsWith("/_letters/")) return undefined;
    const [locale = "", file = "", ...more] = url.split("/").slice(2);
    const [, name = "", kind] = /^(\w+)\.(html|txt)$/.exec(file) ?? [];
    const isKnown = locale === "" || (isLocale(locale) && (file === "" || isLetterName(name)));
    if (!isKnown || more.length > 0) return undefined;
    const read = readLetters(folder);
    if ("problems" in read) return answer(problemPage(read.problems), "text/html", 500);
    if (!isLocale(locale)) return answer(overview());
    if (!isLetterName(name)) {
      const sections = letterNames.map((each) => section(each, locale, read.book));
      return answer(page(`Letters in ${locale}`, languageLinks + sections.join("\n")));
    }
    const { html, text } = render(name, locale, read.book);
    return kind === "txt" ? answer(text, "text/plain") : answer(inScheme(html, query.get("scheme")));
  };
};
