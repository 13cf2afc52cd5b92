import * as z from "zod";
import { userEvent, type EventType } from "../events/user-event.ts";

/** It holds ids only. What the receiver gets is made of it at each try. */
export const webhookMessage = z.object({
  kind: z.literal("webhook"),
  // After a rollback, a queue may hold types of a later version. They are sent all the same.
  event: userEvent.extend({ type: z.string().transform((type) => type as EventType) }),
  tries: z.int().min(0).default(0),
  dueAt: z.int().optional(),
});
export type WebhookMessage = z.output<typeof webhookMessage>;
