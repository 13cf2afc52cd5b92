// Writes letters as MIME (RFC 2045 to 2049). A library for it would add 10 ms of CPU to each cold
// start of the mailer, and tests read these messages with one.
import type { Letter } from "../letters/render-letter.ts";

export type Envelope = {
  product: string;
  from: string;
  to: string;
  replyTo: string | undefined;
};

/** No encoded part can contain this, because each of its own `=` is followed by a number. */
const boundary = "=_letter";
const bytesOfWord = 36;

const word = (text: string): string => `=?UTF-8?B?${Buffer.from(text).toString("base64")}?=`;

/** Plain ASCII stays as it is. Other texts become words of whole characters (RFC 2047). */
const headerText = (text: string): string => {
  if (/^[\x20-\x7e]{1,60}$/.test(text) && !text.includes("=?")) return text;
  const words = [""];
  for (const character of text.replace(/[\r\n\t]+/g, " ")) {
    const last = words.at(-1) ?? "";
    if (Buffer.byteLength(last + character) > bytesOfWord) words.push(character);
    else words[words.length - 1] = last + character;
  }
  return words.map(word).join("\r\n ");
};

const hex = (character: string): string =>
  `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;

/** A line may have 76 characters with the `=` of a soft break, which must not split an escape. */
const quotedLine = (line: string): string => {
  const bytes = Buffer.from(line).toString("latin1");
  const escaped = bytes.replace(/[^ -<>-~]| $/g, hex);
  return (escaped.match(/.{1,75}(?<!=)(?<!=.)/g) ?? []).join("=\r\n");
};

const part = (type: "plain" | "html", text: string): string[] => [
  `--${boundary}`,
  `Content-Type: text/${type}; charset=utf-8`,
  "Content-Transfer-Encoding: quoted-printable",
  "",
  ...text.split(/\r?\n/).map(quotedLine),
];

export const mimeMessage = (
  { product, from, to, replyTo }: Envelope,
  { language, subject, text, html }: Letter,
): string =>
  [
    `From: ${word(product)} <${from}>`,
    `To: ${to}`,
    ...(replyTo === undefined ? [] : [`Reply-To: ${replyTo}`]),
    `Subject: ${headerText(subject)}`,
    // Programs that answer by themselves, such as notices of absence, leave these alone (RFC 3834).
    "Auto-Submitted: auto-generated",
    `Content-Language: ${language}`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    "",
    ...part("plain", text),
    ...part("html", html),
    `--${boundary}--`,
    "",
  ].join("\r\n");
