/** The one place that writes what an operator must be able to find: who did what to which account, without any secret. */
import { logInfo } from "./logger.ts";

export type SecurityEvent = "session_replayed" | "session_ended" | "other_sessions_ended";

export const recordSecurityEvent = (
  event: SecurityEvent,
  subject: { userId: string; sessionId?: string },
): void => logInfo("security", { event, ...subject });
