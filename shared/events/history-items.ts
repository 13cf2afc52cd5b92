// `person#<id>` has what happened to an account, and `act#<month>` what staff and operators did.
import * as z from "zod";
import { eventTypes } from "../contract/personal-data-schema.ts";
import { isoTime } from "../platform/clock.ts";
import type { Item } from "../store/documents.ts";
import { keyOf } from "../store/item-kinds.ts";
import { actorIn, actorText } from "./actor.ts";
import type { UserEvent } from "./user-event.ts";

const digits = (number: number, length: number) => String(number).padStart(length, "0");
export const entryPrefix = "event#";
/** The event of the deletion. It refuses what happened before. */
export const deletedPlace = "deleted";

export const personPk = (userId: string) => keyOf("person", userId);
export const actKey = ({ at, id }: UserEvent) => ({
  pk: keyOf("act", isoTime(at).slice(0, 7)),
  place: `${digits(at, 10)}#${id}`,
});

export const timePlace = (at: number) => `${entryPrefix}${digits(at, 10)}`;
export const entryPlace = ({ at, version, id }: UserEvent) => `${timePlace(at)}#${digits(version, 8)}#${id}`;
export const placeForm = /^event#\d{10}#\d{8}#evt_[0-9a-f]{32}$/;

const entry = z
  .object({
    id: z.string(),
    type: z.enum(eventTypes),
    at: z.int(),
    userId: z.string(),
    version: z.int(),
    actor: z.string().optional(),
    test: z.literal(true).optional().catch(undefined),
  })
  .transform(({ actor, ...event }): UserEvent => ({ ...event, actor: actorIn(actor) }));

/** Leaves out what a later version has added, and what TTL has yet to delete. */
export const eventsIn = (items: readonly Item[], now: number): UserEvent[] =>
  items
    .filter(({ expiresAt }) => typeof expiresAt !== "number" || expiresAt > now)
    .flatMap((item) => entry.safeParse(item).data ?? []);

export const inOrder = (one: UserEvent, other: UserEvent): number =>
  one.at - other.at ||
  one.version - other.version ||
  eventTypes.indexOf(one.type) - eventTypes.indexOf(other.type);

export const historyItem = (event: UserEvent, keptSeconds: number) => ({
  ...event,
  actor: event.actor && actorText(event.actor),
  expiresAt: event.at + keptSeconds,
});
