// A test compares this list with docs/operations.md.
import { logInfo, type LogFields } from "./logger.ts";

export const securityEvents = {
  registered: "a registration was created; its address is not proven yet",
  invited: "an administrator invited a person, or sent their invitation again",
  activated: "a registration was proven and became an account",
  code_sent: "a code was requested with the right password, or by an administrator",
  signed_in: "a sign-in code was exchanged for tokens",
  refused: "a password or code was refused",
  limited: "a rate limit refused a call",
  reset_sent: "an email with a reset code was sent",
  password_reset: "a new password was set with a reset code",
  password_changed: "the password was changed by its owner",
  password_upgraded: "a hash with other parameters was replaced at sign-in",
  email_change_started: "a change of address was requested",
  email_changed: "a new address was proven and replaced the old one",
  email_change_undone: "a change of address was undone",
  address_move_started: "an administrator froze an account, to move it from a lost mailbox",
  address_move_confirmed: "a move from a lost mailbox was confirmed, and the new address gets a code",
  address_move_cancelled: "a move from a lost mailbox was cancelled",
  session_ended: "one session was ended",
  session_replayed: "a replaced refresh token was used again, and its session was ended",
  other_sessions_ended: "all sessions except the current one were ended",
  all_sessions_ended: "all sessions were ended",
  user_changed: "the username, names, state or rank were changed",
  user_exported: "a user exported their personal data, or an administrator did",
  user_deleted: "an account or a registration was deleted",
  bounces_at_one_domain: "ten mailboxes of accounts at one domain were said to be missing within an hour",
  registrations_stopped: "too many emails after registrations came back, so no one can register for an hour",
  delivery_retried: "an administrator let letters to an address leave again",
  guesses_forgotten: "an administrator reset the counters of wrong guesses",
} as const;

type SecurityEvent = keyof typeof securityEvents;

type Details = Pick<LogFields, "userId" | "sessionId" | "actorId" | "changes" | "operation" | "code">;

export const recordSecurityEvent = (event: SecurityEvent, details: Details): void => {
  // The fields are copied one by one, because callers may pass objects with more of them.
  const { userId, sessionId, actorId, changes, operation, code } = details;
  logInfo("security", { event, userId, sessionId, actorId, changes, operation, code });
};
