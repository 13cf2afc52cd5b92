import * as z from "zod";
import { eventTypes } from "../contract/personal-data-schema.ts";
import { isoTime } from "../platform/clock.ts";

export type EventType = (typeof eventTypes)[number];

const actor = z.discriminatedUnion("by", [
  z.object({ by: z.literal("person") }),
  z.object({ by: z.literal("staff"), id: z.string() }),
  z.object({ by: z.literal("operator") }),
  z.object({ by: z.literal("service") }),
]);

export const userEvent = z.object({
  /** Derived from the record of the table's stream, so a repeated record gives the same one. */
  id: z.string(),
  type: z.enum(eventTypes),
  at: z.int(),
  userId: z.string(),
  /** Counts the changes of an account. Events of one change share it. */
  version: z.int(),
  actor: actor.optional(),
  test: z.literal(true).optional(),
});
export type UserEvent = z.output<typeof userEvent>;

/** What the owner's systems get: no actor, and nothing of the person but their id. */
export const publicEvent = ({ type, at, userId, version, test }: UserEvent) => ({
  type,
  timestamp: isoTime(at),
  data: { id: userId, version, ...(test && { test }) },
});
export type PublicEvent = ReturnType<typeof publicEvent>;
