// The stage's own bus. Owners add rules to it in AWS; here it keeps the newest events for
// `/_events/`, with what became of their webhooks.
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { isObject } from "../aws/json.ts";
import { ServiceError } from "../aws/service-error.ts";

const mostKept = 500;

const putParameters = z.object({
  Entries: z
    .array(
      z.object({
        EventBusName: z.string(),
        Source: z.string(),
        DetailType: z.string(),
        Detail: z.string(),
        Resources: z.array(z.string()).default([]),
      }),
    )
    .min(1)
    .max(10),
});

/** The label of this function: its log tells what became of webhooks. */
const webhookSender = "SendWebhook";

export type WebhookResult = { outcome: string; status: number | null; at: string; tries: number };
export type BusEvent = {
  id: string;
  /** The same for a repeated event. EventBridge's own id never is. */
  eventId: string | undefined;
  bus: string;
  source: string;
  type: string;
  putAt: string;
  detail: Record<string, unknown>;
};

/** A line that the function `sendWebhook` logs after each try. */
const triedLine = z.object({
  message: z.literal("webhook"),
  eventId: z.string(),
  outcome: z.string(),
  status: z.number().optional(),
});

const detailOf = (text: string): Record<string, unknown> => {
  let detail: unknown;
  try {
    detail = JSON.parse(text);
  } catch {
    detail = undefined;
  }
  if (!isObject(detail)) throw new ServiceError("ValidationException", "Detail is malformed.");
  return { ...detail };
};

export const createStageBus = () => {
  const events: BusEvent[] = [];
  const results = new Map<string, WebhookResult>();

  const keep = (event: BusEvent): void => {
    events.push(event);
    if (events.length > mostKept) events.shift();
  };

  type OpenLog = (label: string) => (line: string) => void;

  const readLog = (line: string): void => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      return;
    }
    const { success, data } = triedLine.safeParse(parsed);
    if (!success) return;
    const { eventId, outcome, status = null } = data;
    const tries = (results.get(eventId)?.tries ?? 0) + 1;
    results.delete(eventId);
    results.set(eventId, { outcome, status, at: new Date().toISOString(), tries });
    const [oldest] = results.keys();
    if (results.size > mostKept && oldest !== undefined) results.delete(oldest);
  };

  return {
    putEvents: (parameters: unknown) => {
      const { Entries } = putParameters.parse(parameters);
      const put = Entries.map(({ EventBusName, Source, DetailType, Detail, Resources }) => ({
        id: randomUUID(),
        eventId: Resources[0],
        bus: EventBusName,
        source: Source,
        type: DetailType,
        putAt: new Date().toISOString(),
        detail: detailOf(Detail),
      }));
      for (const event of put) keep(event);
      return { FailedEntryCount: 0, Entries: put.map(({ id }) => ({ EventId: id })) };
    },
    alsoReading:
      (open: OpenLog): OpenLog =>
      (label) => {
        const write = open(label);
        return label === webhookSender ? (line) => (readLog(line), write(line)) : write;
      },
    events: (): readonly BusEvent[] => events,
    webhookOf: ({ eventId = "" }: BusEvent): WebhookResult | undefined => results.get(eventId),
    clear: (): void => {
      events.length = 0;
      results.clear();
    },
  };
};
export type StageBus = ReturnType<typeof createStageBus>;
