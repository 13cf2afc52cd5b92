/** The one place that writes what an operator must be able to find: who did what to which account, without any secret. */
import { logInfo } from "./logger.ts";

export type SecurityEvent =
  | "session_replayed"
  | "session_ended"
  | "other_sessions_ended"
  | "user_changed"
  | "user_deleted"
  | "code_sent"
  | "guesses_forgotten"
  | "all_sessions_ended";

/** Whom it was done to, and, where that is somebody else, by whom. */
type Subject = { userId: string; sessionId?: string; actorId?: string; changes?: string[] };

export const recordSecurityEvent = (
  event: SecurityEvent,
  { userId, sessionId, actorId, changes }: Subject,
): void =>
  logInfo("security", {
    event,
    userId,
    ...(sessionId !== undefined && { sessionId }),
    ...(actorId !== undefined && { actorId }),
    ...(changes !== undefined && { changes }),
  });
