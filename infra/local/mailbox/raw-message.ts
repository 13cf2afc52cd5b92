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

const encodeWord = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;

export const composeMessage = (
  { from, to, subject, text, html }: Omit<Message, "headers">,
  boundary: string,
): Buffer => {
  const part = (type: string, body: string | undefined) =>
    body === undefined
      ? []
      : [
          `--${boundary}`,
          `Content-Type: text/${type}; charset=utf-8`,
          "Content-Transfer-Encoding: 8bit",
          "",
          body.replace(/\r?\n/g, "\r\n"),
        ];
  const composed = [
    `From: ${encodeWord(from)}`,
    `To: ${to.join(", ")}`,
    `Subject: ${encodeWord(subject)}`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    "",
    ...part("plain", text),
    ...part("html", html),
    `--${boundary}--`,
    "",
  ];
  return Buffer.from(composed.join("\r\n"));
};
