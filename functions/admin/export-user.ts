import {
  personalDataOf,
  personalDataStore,
  type PersonalDataStore,
} from "../../shared/accounts/personal-data-store.ts";
import { personLookup, requireAccount, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import * as contract from "../../shared/contract/account-operations.ts";
import { ownActivity } from "../../shared/events/activity-view.ts";
import { historyStore, type HistoryStore } from "../../shared/events/history-store.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../../shared/identity/pseudonyms.ts";
import { limitStore, requireWithin, type LimitStore } from "../../shared/limits/limit-store.ts";
import { staffActs, userExportsOf } from "../../shared/limits/staff-limits.ts";
import { requireCurrentPassword, type CurrentPasswordDeps } from "../../shared/passwords/current-password.ts";
import { passwordHasher } from "../../shared/passwords/password-hash.ts";
import { nowSeconds, type Clock } from "../../shared/platform/clock.ts";
import { recordSecurityEvent } from "../../shared/platform/security-log.ts";
import { sessionStore, type SessionStore } from "../../shared/sessions/session-store.ts";
import { shownSessions } from "../../shared/sessions/session-view.ts";

type Deps = CurrentPasswordDeps & {
  people: Pick<PersonLookup, "find">;
  personalData: PersonalDataStore;
  sessions: Pick<SessionStore, "list">;
  history: Pick<HistoryStore, "all">;
  limits: Pick<LimitStore, "spendAll">;
  pseudonyms: Pick<Pseudonyms, "ofMailbox">;
  nowSeconds: Clock;
  recordSecurityEvent: typeof recordSecurityEvent;
};

/** The same data that the owner can export, for an owner who can't sign in. */
export const exportUser = async (
  { body, user: actor, session, parameters: { id } }: UserCall<typeof contract.exportUser>,
  deps: Deps,
) => {
  const account = await requireAccount(id, actor, deps);
  await requireCurrentPassword(actor, body.current_password, deps);
  requireWithin(await deps.limits.spendAll([staffActs(actor.id), userExportsOf(actor.id)]));
  const mailboxKey = await deps.pseudonyms.ofMailbox(account.email);
  const [stored, sessions, events] = await Promise.all([
    deps.personalData.find(account, mailboxKey),
    deps.sessions.list(id),
    deps.history.all(id),
  ]);
  deps.recordSecurityEvent("user_exported", { userId: id, actorId: actor.id });
  const shown = shownSessions(sessions, account, session.sessionId).results;
  return personalDataOf(account, {
    stored: { ...stored, activity: ownActivity(events) },
    sessions: shown,
    now: deps.nowSeconds(),
  });
};

export const handler = await userEndpoint(contract.exportUser, exportUser, () => ({
  people: personLookup(),
  personalData: personalDataStore(),
  sessions: sessionStore(),
  history: historyStore(),
  limits: limitStore(),
  hasher: passwordHasher,
  pseudonyms,
  nowSeconds,
  recordSecurityEvent,
}));
