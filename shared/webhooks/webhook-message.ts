import * as z from "zod";
import { userEvent } from "../events/user-event.ts";

/** It holds ids only. What the receiver gets is made of it at each try. */
export const webhookMessage = z.object({
  kind: z.literal("webhook"),
  event: userEvent,
  /** How many tries have failed. */
  tries: z.int().min(0).default(0),
  /** In epoch seconds. */
  dueAt: z.int().optional(),
});
export type WebhookMessage = z.output<typeof webhookMessage>;
