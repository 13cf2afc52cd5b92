import { readFileSync } from "node:fs";
import path from "node:path";
import type { HttpAnswer } from "../gateway/default-responses.ts";
import { pageAnswer } from "../mailbox/page-answer.ts";
import { isObject } from "../aws/json.ts";
import type { BusEvent, StageBus } from "./stage-bus.ts";

const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const files: Record<string, [file: string, contentType: string]> = {
  "/_events": ["events.html", "text/html"],
  "/_events/": ["events.html", "text/html"],
  "/_events/events.js": ["events.js", "text/javascript"],
};

const json = (body: unknown): HttpAnswer => ({
  status: 200,
  headers: [
    ["Content-Type", "application/json"],
    ["Cache-Control", "no-store"],
    ["X-Content-Type-Options", "nosniff"],
    ["Cross-Origin-Resource-Policy", "same-origin"],
  ],
  body: JSON.stringify(body),
});

const shown = (bus: StageBus, event: BusEvent) => {
  const { data } = event.detail;
  const { id, version } = isObject(data) ? data : {};
  return {
    event_id: event.eventId ?? null,
    type: event.type,
    user_id: id ?? null,
    version: version ?? null,
    bus: event.bus,
    source: event.source,
    put_at: event.putAt,
    detail: event.detail,
    webhook: bus.webhookOf(event) ?? null,
  };
};

export const createEventPages = (bus: StageBus) => {
  const pages = new Map(
    Object.entries(files).map(([url, [file, contentType]]): [string, HttpAnswer] => [
      url,
      pageAnswer(readFileSync(path.join(import.meta.dirname, file)), {
        contentType,
        contentSecurityPolicy,
        cacheControl: "no-cache",
      }),
    ]),
  );
  return (method: string | undefined, url: string): HttpAnswer | undefined => {
    const reads = method === "GET" || method === "HEAD";
    if (url === "/_aws/events" || url === "/_aws/events/") {
      if (reads) return json({ events: bus.events().map((event) => shown(bus, event)) });
      if (method !== "DELETE") return undefined;
      bus.clear();
      return { status: 204, headers: [], body: "" };
    }
    const page = reads ? pages.get(url) : undefined;
    // The gateway appends headers, so each answer needs its own list.
    return page && { ...page, headers: [...page.headers] };
  };
};
