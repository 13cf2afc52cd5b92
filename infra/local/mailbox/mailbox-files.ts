// Stores each email as an `.eml` file, and reads the files again at start.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

export type StoredEmail = {
  id: string;
  source: string;
  to: string[];
  subject: string;
  text: string | undefined;
  html: string | undefined;
  sentAt: string;
};

export type Mailbox = {
  folder: string;
  add: (email: StoredEmail) => void;
  list: () => readonly StoredEmail[];
  clear: (id?: string) => void;
};

const encodeWord = (text: string): string =>
  /^[\x20-\x7e]*$/.test(text) ? text : `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;
const decodeWord = (text: string): string => {
  const [, encoded] = /^=\?utf-8\?B\?(.*)\?=$/.exec(text) ?? [];
  return encoded === undefined ? text : Buffer.from(encoded, "base64").toString();
};

const format = ({ id, source, to, subject, text, html, sentAt }: StoredEmail): string => {
  const part = (type: string, body: string | undefined) =>
    body === undefined
      ? ""
      : `--${id}\nContent-Type: text/${type}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n${body}\n`;
  const headers = [
    `Message-ID: <${id}>`,
    `Date: ${sentAt}`,
    `From: ${encodeWord(source)}`,
    `To: ${to.map(encodeWord).join(", ")}`,
    `Subject: ${encodeWord(subject)}`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/alternative; boundary="${id}"`,
  ].join("\n");
  return `${headers}\n\n${part("plain", text)}${part("html", html)}--${id}--\n`;
};

const parse = (file: string): StoredEmail => {
  const content = readFileSync(file, "utf8");
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(content)?.[1] ?? "";
  const id = header("Message-ID").slice(1, -1);
  const body = (type: string) => {
    const start = `--${id}\nContent-Type: text/${type}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n`;
    const from = content.indexOf(start);
    if (from === -1) return undefined;
    return content.slice(from + start.length, content.indexOf(`\n--${id}`, from + start.length));
  };
  return {
    id,
    source: decodeWord(header("From")),
    to: header("To").split(", ").map(decodeWord),
    subject: decodeWord(header("Subject")),
    text: body("plain"),
    html: body("html"),
    sentAt: header("Date"),
  };
};

const fileName = ({ id, sentAt, to }: StoredEmail): string => {
  const time = sentAt.replaceAll(":", "-");
  const recipient = (to[0] ?? "unknown").replace(/[^\w.@+-]/g, "_").slice(0, 100);
  return `${time} ${recipient} ${id.slice(-8)}.eml`;
};

export const openMailbox = (dataDirectory: string): Mailbox => {
  const folder = path.join(dataDirectory, "emails");
  mkdirSync(folder, { recursive: true });
  const emails = globSync(path.join(folder, "*.eml")).toSorted().map(parse);
  return {
    folder,
    list: () => emails,
    add: (email) => {
      writeFileSync(path.join(folder, fileName(email)), format(email));
      emails.push(email);
    },
    clear: (id) => {
      for (const email of emails.filter((one) => id === undefined || one.id === id)) {
        rmSync(path.join(folder, fileName(email)), { force: true });
        emails.splice(emails.indexOf(email), 1);
      }
    },
  };
};
