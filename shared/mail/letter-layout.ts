/** What the letters say. No link (scanners open them), and not one word that a caller supplied. */

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

export const page = (product: string, paragraphs: string[], code?: string): Pick<Letter, "text" | "html"> => {
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
  /** As shown: `123 456` or `ABCD-EFGH-IJKL-MNOP`. */
  code: string;
  lifetimeSeconds: number;
};

export const codeLetter = (letter: CodeLetter, purpose: string, warning: string): Letter => ({
  // Without the code: subjects stand in logs and on locked screens.
  subject: `${letter.product}: your ${purpose} code`,
  ...page(
    letter.product,
    [
      `Your ${purpose} code for ${letter.product}:`,
      `Sent on ${shownTime(letter.sentAtSeconds)}, good for ${shownDuration(letter.lifetimeSeconds)} and for one use. Only the code of the newest letter works.`,
      warning,
    ],
    letter.code,
  ),
});

export const activationLetter = (letter: CodeLetter): Letter =>
  codeLetter(
    letter,
    "activation",
    "If you did not register, ignore this letter: without the code nothing comes of it.",
  );

export const loginLetter = (letter: CodeLetter): Letter =>
  codeLetter(
    letter,
    "sign-in",
    "Never give this code to anybody. If you did not ask for it, somebody knows your password: change it.",
  );

/** For the owner of an address that somebody registered with again. */
export const addressTakenLetter = (letter: { product: string; sentAtSeconds: number }): Letter => ({
  subject: `${letter.product}: you already have an account`,
  ...page(letter.product, [
    `Somebody, perhaps you, registered at ${letter.product} with this address, which already has an account.`,
    `If it was you: there is no need to register again, sign in with your password. If it was not, ignore this letter: your account has not changed.`,
    `Sent on ${shownTime(letter.sentAtSeconds)}.`,
  ]),
});

/** For the owner of a session that ended because a refresh token came back that had been replaced. */
export const sessionReplayedLetter = (letter: { product: string; sentAtSeconds: number }): Letter => ({
  subject: `${letter.product}: one of your sessions was ended`,
  ...page(letter.product, [
    `A sign-in token of yours at ${letter.product} was used a second time, as happens when it has been copied. We ended that session; sign in again to go on.`,
    `If you did nothing unusual, change your password, and look after the device you were signed in on.`,
    `Sent on ${shownTime(letter.sentAtSeconds)}.`,
  ]),
});

/** For somebody who was made staff, or is no more. */
export const rankLetter =
  (isStaff: boolean) =>
  (letter: { product: string; sentAtSeconds: number }): Letter => ({
    subject: `${letter.product}: you are ${isStaff ? "now" : "no longer"} an administrator`,
    ...page(letter.product, [
      isStaff
        ? `An administrator of ${letter.product} has made you an administrator too. Your sessions were ended; sign in again.`
        : `An administrator of ${letter.product} has taken the rank of administrator from you. Your sessions were ended; your account stays.`,
      `If you did not expect this, tell the people who run ${letter.product}.`,
      `Sent on ${shownTime(letter.sentAtSeconds)}.`,
    ]),
  });
