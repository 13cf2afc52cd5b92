import {
  personalDataOf,
  personalDataStore,
  type PersonalDataStore,
} from "../shared/accounts/personal-data-store.ts";
import * as contract from "../shared/contract/account-operations.ts";
import { ownActivity } from "../shared/events/activity-view.ts";
import { historyStore, type HistoryStore } from "../shared/events/history-store.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { nowSeconds, type Clock } from "../shared/platform/clock.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionStore, type SessionStore } from "../shared/sessions/session-store.ts";
import { shownSessions } from "../shared/sessions/session-view.ts";

type Deps = {
  personalData: PersonalDataStore;
  sessions: Pick<SessionStore, "list">;
  history: Pick<HistoryStore, "all">;
  pseudonyms: Pick<Pseudonyms, "ofMailbox">;
  nowSeconds: Clock;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** GDPR, articles 15 and 20, require this export. */
export const exportMe = async ({ user, session }: UserCall<typeof contract.exportMe>, deps: Deps) => {
  const mailboxKey = await deps.pseudonyms.ofMailbox(user.email);
  const [stored, sessions, events] = await Promise.all([
    deps.personalData.find(user, mailboxKey),
    deps.sessions.list(user.id),
    deps.history.all(user.id),
  ]);
  deps.recordSecurityEvent("user_exported", { userId: user.id, sessionId: session.sessionId });
  const shown = shownSessions(sessions, user, session.sessionId).results;
  return personalDataOf(user, {
    stored: { ...stored, activity: ownActivity(events) },
    sessions: shown,
    now: deps.nowSeconds(),
  });
};

export const handler = await userEndpoint(contract.exportMe, exportMe, () => ({
  personalData: personalDataStore(),
  sessions: sessionStore(),
  history: historyStore(),
  pseudonyms,
  nowSeconds,
  recordSecurityEvent,
}));
