import { isoTime } from "../platform/clock.ts";
import type { UserEvent } from "./user-event.ts";

const names = {
  person: "you",
  staff: "an administrator",
  operator: "an operator",
  service: "the service",
} as const;

/** For the person, who never learns which administrator it was. */
export const ownActivity = (events: readonly UserEvent[]) =>
  events.map(({ id, type, at, userId, actor }) => {
    const isOwn = actor?.by === "staff" && actor.id === userId;
    return { id, type, time: isoTime(at), by: actor ? (isOwn ? names.person : names[actor.by]) : null };
  });

export const personActivity = (events: readonly UserEvent[]) =>
  events.map(({ id, type, at, actor }) => ({
    id,
    type,
    time: isoTime(at),
    by: actor?.by ?? null,
    actor_id: actor?.by === "staff" ? actor.id : null,
  }));
