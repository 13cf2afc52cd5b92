/**
 * The one place that writes what an operator must be able to find: who did what to which account, without any secret or
 * address. docs/operations.md lists the events too; a test compares them.
 */
import { logInfo, type LogFields } from "./logger.ts";

export const securityEvents = {
  registered: "somebody registered; nobody has proven the address yet",
  activated: "an address was proven, an account began",
  code_sent: "a sign-in or activation code was asked for with the right password, or by an administrator",
  signed_in: "a code was traded for tokens",
  refused: "a password or code was refused",
  limited: "a limit refused a call",
  reset_sent: "a letter with a reset code left",
  password_reset: "the password was replaced by a reset code",
  password_changed: "the password was changed by its owner",
  password_upgraded: "a weaker hash was replaced at sign-in",
  email_change_started: "a new address was asked for",
  email_changed: "a new address was proven and took over",
  email_change_undone: "the earlier address took over again",
  session_ended: "one session was ended",
  session_replayed: "a replaced refresh token came back, and its session was ended",
  other_sessions_ended: "all sessions but one were ended",
  all_sessions_ended: "all sessions were ended",
  user_changed: "username, names, state or rank were changed",
  user_exported: "somebody read all that is stored on him",
  user_deleted: "an account or a registration was deleted",
  guesses_forgotten: "an administrator cleared the counted guesses",
} as const;

export type SecurityEvent = keyof typeof securityEvents;

/** Whose account it is about, and, where that is another person, who acts. */
type Details = Pick<LogFields, "userId" | "sessionId" | "actorId" | "changes" | "operation" | "code">;

export const recordSecurityEvent = (event: SecurityEvent, details: Details): void => {
  // Named one by one: callers may hand in more than a log line may hold.
  const { userId, sessionId, actorId, changes, operation, code } = details;
  logInfo("security", { event, userId, sessionId, actorId, changes, operation, code });
};
