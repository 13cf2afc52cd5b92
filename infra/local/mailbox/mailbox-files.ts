// Stores each email as an `.eml` file, and reads the files again at start. What SES knows beside
// the message stands in headers of the file.
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readMessage, withHeaders, type Header, type Message } from "./raw-message.ts";

export type Tag = { Name: string; Value: string };
type Envelope = { to: string[]; configurationSet: string | undefined; tags: readonly Tag[] };
export type StoredEmail = Omit<Message, "from"> &
  Envelope & { id: string; source: string; sentAt: string; raw: Buffer };

export type Mailbox = {
  folder: string;
  add: (id: string, raw: Buffer, envelope: Envelope) => Promise<StoredEmail>;
  list: () => readonly StoredEmail[];
  clear: (id?: string) => void;
};

const names = {
  to: "Delivered-To",
  configurationSet: "X-SES-CONFIGURATION-SET",
  tags: "X-SES-MESSAGE-TAGS",
};

const sentAtOf = (id: string): Date => new Date(Number.parseInt(id, 16));

export const messageId = (sentAt: Date, random: string): string =>
  `${sentAt.getTime().toString(16)}-${random}`;

export const readTags = (header: string): Tag[] =>
  header.split(",").flatMap((pair) => {
    const [Name = "", Value] = pair.trim().split("=");
    return Value === undefined ? [] : [{ Name, Value }];
  });

const stored = async (raw: Buffer): Promise<StoredEmail> => {
  const { from, ...message } = await readMessage(raw);
  const header = (wanted: string) =>
    message.headers.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())?.value;
  const [, id = ""] = /^<([^@>]+)/.exec(header("Message-ID") ?? "") ?? [];
  const added = new Set(Object.values(names).map((name) => name.toLowerCase()));
  return {
    ...message,
    id,
    raw,
    source: from,
    to: header(names.to)?.split(", ") ?? message.to,
    configurationSet: header(names.configurationSet),
    tags: readTags(header(names.tags) ?? ""),
    headers: message.headers.filter(({ name }) => !added.has(name.toLowerCase())),
    sentAt: sentAtOf(id).toISOString(),
  };
};

const fileName = ({ id, sentAt, to }: StoredEmail): string => {
  const time = sentAt.replaceAll(":", "-");
  const recipient = (to[0] ?? "unknown").replace(/[^\w.@+-]/g, "_").slice(0, 100);
  return `${time} ${recipient} ${id.slice(-8)}.eml`;
};

export const openMailbox = async (dataDirectory: string): Promise<Mailbox> => {
  const folder = path.join(dataDirectory, "emails");
  mkdirSync(folder, { recursive: true });
  const files = globSync("*.eml", { cwd: folder }).toSorted();
  const emails = await Promise.all(files.map((file) => stored(readFileSync(path.join(folder, file)))));
  return {
    folder,
    list: () => emails,
    add: async (id, raw, { to, configurationSet, tags }) => {
      const known: Header[] = [{ name: names.to, value: to.join(", ") }];
      if (configurationSet !== undefined)
        known.push({ name: names.configurationSet, value: configurationSet });
      const pairs = tags.map(({ Name, Value }) => `${Name}=${Value}`);
      if (pairs.length > 0) known.push({ name: names.tags, value: pairs.join(", ") });
      known.push(
        { name: "Message-ID", value: `<${id}@email.amazonses.com>` },
        { name: "Date", value: sentAtOf(id).toUTCString().replace("GMT", "+0000") },
      );
      const email = await stored(withHeaders(raw, known));
      writeFileSync(path.join(folder, fileName(email)), email.raw);
      emails.push(email);
      return email;
    },
    clear: (id) => {
      for (const email of emails.filter((one) => id === undefined || one.id === id)) {
        rmSync(path.join(folder, fileName(email)), { force: true });
        emails.splice(emails.indexOf(email), 1);
      }
    },
  };
};
