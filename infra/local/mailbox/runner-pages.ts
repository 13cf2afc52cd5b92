import type { RunnerPages } from "../gateway/gateway-server.ts";
import type { HttpAnswer } from "../gateway/default-responses.ts";
import type { LetterPreview } from "./letter-preview.ts";
import type { StoredEmail, Mailbox } from "./mailbox-files.ts";
import type { Ses } from "./ses-api.ts";
import { filePages, jsonAnswer } from "./page-answer.ts";
import { documentAt, startPage } from "./start-page.ts";
import { comesFromAnotherSite, isLoopback, namesThisMachine } from "../aws/foreign-requests.ts";
import { region } from "../aws/local-account.ts";

const files: Record<string, [file: string, contentType: string]> = {
  "/_inbox": ["inbox.html", "text/html"],
  "/_inbox/": ["inbox.html", "text/html"],
  "/_inbox/inbox.css": ["inbox.css", "text/css"],
  "/_inbox/inbox.js": ["inbox.js", "text/javascript"],
};

/** Everything after the time is an addition. A whole mailbox with `RawData` would be large. */
const asLocalStack = (email: StoredEmail, withRawData: boolean) => ({
  Id: email.id,
  Region: region,
  Source: email.source,
  Destination: { ToAddresses: email.to },
  Subject: email.subject,
  Body: { text_part: email.text ?? null, html_part: email.html ?? null },
  Timestamp: email.sentAt,
  ConfigurationSetName: email.configurationSet ?? null,
  Tags: email.tags,
  Headers: email.headers,
  ...(withRawData && { RawData: email.raw.toString() }),
});

const reportPath = /^\/_aws\/ses\/([^/]+)\/(bounce|complaint)$/;

export const createRunnerPages = (
  mailbox: Mailbox,
  report: Ses["report"],
  preview: LetterPreview,
  otherPages: (method: string | undefined, url: string) => HttpAnswer | undefined,
): RunnerPages => {
  const pages = filePages(import.meta.dirname, files);
  return ({ method, headers, socket }, url, query) => {
    // The links are the only page that holds nothing private.
    if (url === "/") return startPage();
    if (!isLoopback(socket.remoteAddress) || !namesThisMachine(headers.host))
      return jsonAnswer(403, { message: "This page is available only at localhost or 127.0.0.1." });
    if (comesFromAnotherSite(headers))
      return jsonAnswer(403, { message: "Pages of other sites can't use this page." });
    const id = query.get("id") ?? undefined;
    const other = otherPages(method, url);
    if (other) return other;
    if (url === "/_aws/ses" || url === "/_aws/ses/") {
      if (method === "DELETE") {
        mailbox.clear(id);
        return { status: 204, headers: [], body: "" };
      }
      // In LocalStack's API, `email` is the sender.
      const email = query.get("email") ?? undefined;
      // This addition to LocalStack's API avoids sending a large mailbox as a whole.
      const to = query.get("to")?.toLowerCase();
      const wanted = mailbox
        .list()
        .filter(({ id: own, source }) => (id ?? own) === own && (email ?? source) === source)
        .filter((stored) => to === undefined || stored.to.some((address) => address.toLowerCase() === to));
      const withRawData = id !== undefined || to !== undefined;
      return jsonAnswer(200, { messages: wanted.map((letter) => asLocalStack(letter, withRawData)) });
    }
    const [, reported = "", what] = (method === "POST" && reportPath.exec(url)) || [];
    if (what === "bounce" || what === "complaint")
      return report(reported, what)
        ? { status: 204, headers: [], body: "" }
        : jsonAnswer(404, { message: "There is no such email." });
    const page =
      method === "GET" || method === "HEAD"
        ? (pages.get(url) ?? documentAt(url) ?? preview(url, query))
        : undefined;
    // The gateway appends headers, so each answer needs its own list.
    return page ? { ...page, headers: [...page.headers] } : jsonAnswer(404, { message: "Not found" });
  };
};
