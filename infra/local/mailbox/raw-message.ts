import PostalMime from "postal-mime";

export type Header = { name: string; value: string };
export type Message = {
  headers: Header[];
  from: string;
  to: string[];
  subject: string;
  text: string | undefined;
  html: string | undefined;
};

/** Unless the text is in base64, the parser adds the line end that belongs to the boundary. */
const lines = (text: string | undefined, isEncoded: boolean): string | undefined =>
  text?.replaceAll("\r\n", "\n").replace(isEncoded ? "" : /\n$/, "");
const base64 = /^content-transfer-encoding:[ \t]*base64/im;

export const readMessage = async (raw: Buffer): Promise<Message> => {
  const isEncoded = base64.test(raw.toString("latin1"));
  const { headers, to = [], subject = "", text, html } = await PostalMime.parse(raw);
  return {
    headers: headers.map(({ originalKey, value }) => ({ name: originalKey, value })),
    from: headers.find(({ key }) => key === "from")?.value ?? "",
    to: to.flatMap(({ address, group }) => group?.map((one) => one.address) ?? [address ?? ""]),
    subject,
    text: lines(text, isEncoded),
    html: lines(html, isEncoded),
  };
};

const headEnd = /\r?\n\r?\n/;
const headerLines = (raw: Buffer): string[] =>
  raw
    .toString("latin1")
    .split(headEnd, 1)
    .flatMap((head) => head.split(/\r?\n(?![ \t])/));

const nameOf = (line: string): string => line.slice(0, Math.max(0, line.indexOf(":"))).toLowerCase();

export const headerIn = (raw: Buffer, name: string): string | undefined =>
  headerLines(raw)
    .find((line) => nameOf(line) === name.toLowerCase())
    ?.slice(name.length + 1)
    .replace(/\r?\n/g, "")
    .trim();

/** SES writes its own headers in place of those that it gets. */
export const withHeaders = (raw: Buffer, headers: readonly Header[]): Buffer => {
  const replaced = new Set([...headers.map(({ name }) => name.toLowerCase()), "bcc"]);
  const kept = headerLines(raw).filter((line) => !replaced.has(nameOf(line)));
  const made = headers.map(({ name, value }) => `${name}: ${value}`);
  const text = raw.toString("latin1");
  const [end = "\r\n\r\n"] = headEnd.exec(text) ?? [];
  const body = text.slice(kept.length === 0 ? 0 : text.indexOf(end) + end.length);
  return Buffer.from([...made, ...kept, "", body].join("\r\n"), "latin1");
};

/** The library is loaded here, because the product sends raw messages and never needs it. */
export const composeMessage = async ({
  from,
  to,
  subject,
  text,
  html,
}: Omit<Message, "headers">): Promise<Buffer> => {
  const { default: MailComposer } = await import("nodemailer/lib/mail-composer");
  const parts = { ...(text !== undefined && { text }), ...(html !== undefined && { html }) };
  return new MailComposer({ from, to, subject, newline: "\r\n", ...parts }).compile().build();
};
