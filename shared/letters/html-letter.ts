// Inline styles are for light mode, because some mail programs drop the style element. Dark mode
// needs it. There are no tables, images or other resources.
import type { Locale } from "../identity/locale.ts";
import type { Direction } from "./letter-formats.ts";
import type { Colours, LetterLayout } from "./letter-schemas.ts";

export type Block = readonly (string | { isolated: string })[];
type Paragraph = Block | { code: string };

type Page = {
  subject: string;
  language: Locale;
  direction: Direction;
  paragraphs: readonly Paragraph[];
  ending: readonly Block[];
  layout: LetterLayout;
};

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => escapes[character] ?? "");

const inHtml = (block: Block): string =>
  block
    .map((part) => (typeof part === "string" ? escaped(part) : `<bdi>${escaped(part.isolated)}</bdi>`))
    .join("");

/** Without spaces and hyphens, a code is one word, which a double click or a long press selects. */
const inGroups = (code: string): string => {
  const groups = code.split(/[ -]/);
  if (groups.length === 2) return groups.join("");
  const [last = "", ...others] = groups.toReversed();
  const apart = others.toReversed().map((group) => `<span style="padding-right:.4em">${group}</span>`);
  return apart.join("") + last;
};

const codeSize = (code: string): string =>
  code.length > 7 ? "font-size:20px" : "font-size:32px;letter-spacing:4px";

const darkColours = ({ background, text, accent, code }: Colours): string =>
  [
    `.page{background:${background}!important;color:${text}!important}`,
    `.letter{border-color:${accent}!important}`,
    `.name{color:${accent}!important}`,
    `.code{color:${code}!important}`,
  ].join("");

const schemes = ["color-scheme", "supported-color-schemes"];

export const htmlOf = ({ subject, language, direction, paragraphs, ending, layout }: Page): string => {
  const { light, dark } = layout;
  const [name = [], ...footer] = ending;
  const direct = `lang="${language}" dir="${direction}"`;
  const ground = `margin:0;background:${light.background};color:${light.text}`;
  const body = paragraphs.map((paragraph) =>
    "code" in paragraph
      ? `<p class="code" style="margin:0 0 16px;color:${light.code};font-family:ui-monospace,Menlo,Consolas,monospace;font-weight:600;line-height:1.4;${codeSize(paragraph.code)}"><bdi dir="ltr" title="${paragraph.code}">${inGroups(paragraph.code)}</bdi></p>`
      : `<p style="margin:0 0 16px">${inHtml(paragraph)}</p>`,
  );
  return [
    `<!doctype html>`,
    `<html ${direct}><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width,initial-scale=1">`,
    ...schemes.map((scheme) => `<meta name="${scheme}" content="light dark">`),
    // Six digits are no telephone number.
    `<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">`,
    `<title>${escaped(subject)}</title>`,
    `<style>:root{color-scheme:light dark}@media (prefers-color-scheme:dark){${darkColours(dark)}}</style>`,
    `</head><body class="page" style="${ground}">`,
    `<div class="page" ${direct} style="${ground};padding:24px 16px">`,
    `<div class="letter" style="max-width:32em;margin:0 auto;padding:24px 0 0;border-top:4px solid ${light.accent};font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;overflow-wrap:break-word;word-break:break-word">`,
    ...body,
    `<p class="name" style="margin:32px 0 0;font-weight:600;color:${light.accent}">${inHtml(name)}</p>`,
    ...footer.map((text) => `<p style="margin:4px 0 0;font-size:14px">${inHtml(text)}</p>`),
    `</div></div></body></html>`,
  ].join("\n");
};
