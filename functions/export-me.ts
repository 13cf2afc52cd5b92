import { personalDataStore, type PersonalDataStore } from "../shared/accounts/personal-data-store.ts";
import { shownAttributes, shownUser } from "../shared/accounts/user-fields.ts";
import * as contract from "../shared/contract/account-operations.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";
import { pseudonyms, type Pseudonyms } from "../shared/identity/pseudonyms.ts";
import { isoTime, nowSeconds, type Clock } from "../shared/platform/clock.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionStore, type SessionStore } from "../shared/sessions/session-store.ts";
import { shownSessions } from "../shared/sessions/session-view.ts";

type Deps = {
  personalData: PersonalDataStore;
  sessions: Pick<SessionStore, "list">;
  pseudonyms: Pick<Pseudonyms, "ofMailbox">;
  nowSeconds: Clock;
  recordSecurityEvent: typeof recordSecurityEvent;
};

const notHeld = [
  "Your password and codes. Only hashes of them are stored, from which they can't be restored.",
  "Expired sessions, codes and counters. They are no longer read and are deleted within days.",
  "Attempts from networks. They are counted under keyed hashes that are not linked to an account.",
  "The operator's logs, which contain the account's id but no address, and backups of the tables. Ask the operator how long they are kept.",
];

/** Returns the algorithm only, because salt and digest would allow offline guessing. */
const kindOfHash = (passwordHash: string): string => /^\$?([\w-]+)\$/.exec(passwordHash)?.[1] ?? "none";

/** GDPR, articles 15 and 20, require this export. */
export const exportMe = async ({ user, session }: UserCall<typeof contract.exportMe>, deps: Deps) => {
  const mailboxKey = await deps.pseudonyms.ofMailbox(user.email);
  const [stored, sessions] = await Promise.all([
    deps.personalData.find(user, mailboxKey),
    deps.sessions.list(user.id),
  ]);
  deps.recordSecurityEvent("user_exported", { userId: user.id, sessionId: session.sessionId });
  return {
    exported: isoTime(deps.nowSeconds()),
    user: { ...shownUser(user), ...shownAttributes(user) },
    created: isoTime(user.createdAt),
    state: user.status,
    is_staff: user.isStaff,
    password: { hash: kindOfHash(user.passwordHash) },
    sessions: shownSessions(sessions, user, session.sessionId).results,
    ...stored,
    not_held: notHeld,
  };
};

export const handler = await userEndpoint(contract.exportMe, exportMe, () => ({
  personalData: personalDataStore(),
  sessions: sessionStore(),
  pseudonyms,
  nowSeconds,
  recordSecurityEvent,
}));
