// Letters contain no links, because mail scanners open them. They contain no text that a caller
// supplied, because anyone could use it to send spam.

export type Letter = { subject: string; text: string; html: string };

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => escapes[character] ?? "");

const time = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "long",
  timeStyle: "short",
  timeZone: "UTC",
});
export const shownTime = (epochSeconds: number): string => `${time.format(epochSeconds * 1000)} UTC`;

const shownDuration = (seconds: number): string =>
  seconds % 60 === 0 ? `${seconds / 60} minute${seconds === 60 ? "" : "s"}` : `${seconds} seconds`;

export const layOut = (
  product: string,
  paragraphs: string[],
  code?: string,
): Pick<Letter, "text" | "html"> => {
  const [first = "", ...rest] = paragraphs;
  const shown = code === undefined ? [] : [`    ${code}`];
  const box = `<p style="font:600 32px/1.4 ui-monospace,monospace;letter-spacing:2px;margin:24px 0">${code ?? ""}</p>`;
  const inHtml = (paragraph: string) => `<p style="margin:0 0 16px">${escaped(paragraph)}</p>`;
  return {
    text: [first, ...shown, ...rest, product].join("\n\n"),
    html: [
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(product)}</title></head>`,
      `<body style="font:16px/1.5 system-ui,sans-serif;max-width:32em;margin:32px auto;padding:0 16px">`,
      inHtml(first),
      ...(code === undefined ? [] : [box]),
      ...rest.map(inHtml),
      `<p style="margin:32px 0 0;opacity:.7">${escaped(product)}</p></body></html>`,
    ].join("\n"),
  };
};

export type NoticeLetter = { product: string; sentAtSeconds: number };

export type CodeLetter = NoticeLetter & {
  /** The code as people see it: `123 456` or `ABCD-EFGH-IJKL-MNOP`. */
  code: string;
  lifetimeSeconds: number;
};

export const codeLetter = (letter: CodeLetter, purpose: string, ...warnings: string[]): Letter => ({
  // The subject doesn't contain the code: logs and lock screens show subjects.
  subject: `${letter.product}: your ${purpose} code`,
  ...layOut(
    letter.product,
    [
      `Your ${purpose} code for ${letter.product}:`,
      `Sent on ${shownTime(letter.sentAtSeconds)}. The code is valid for ${shownDuration(letter.lifetimeSeconds)} and works once. Only the code in the newest email works.`,
      ...warnings,
    ],
    letter.code,
  ),
});
