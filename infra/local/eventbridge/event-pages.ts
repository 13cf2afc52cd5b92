import type { HttpAnswer } from "../gateway/default-responses.ts";
import { filePages, jsonAnswer } from "../mailbox/page-answer.ts";
import { isObject } from "../aws/json.ts";
import type { BusEvent, StageBus } from "./stage-bus.ts";

const files: Record<string, [file: string, contentType: string]> = {
  "/_events": ["events.html", "text/html"],
  "/_events/": ["events.html", "text/html"],
  "/_events/events.js": ["events.js", "text/javascript"],
};

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
  const pages = filePages(import.meta.dirname, files);
  return (method: string | undefined, url: string): HttpAnswer | undefined => {
    const reads = method === "GET" || method === "HEAD";
    if (url === "/_aws/events" || url === "/_aws/events/") {
      if (reads) return jsonAnswer(200, { events: bus.events().map((event) => shown(bus, event)) });
      if (method !== "DELETE") return undefined;
      bus.clear();
      return { status: 204, headers: [], body: "" };
    }
    const page = reads ? pages.get(url) : undefined;
    // The gateway appends headers, so each answer needs its own list.
    return page && { ...page, headers: [...page.headers] };
  };
};
