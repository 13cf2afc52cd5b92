import { personLookup, requirePerson, type PersonLookup } from "../../shared/admin/person-lookup.ts";
import * as contract from "../../shared/contract/staff-operations.ts";
import { userEndpoint, type UserCall } from "../../shared/http/user-endpoint.ts";
import { sessionStore, type SessionStore } from "../../shared/sessions/session-store.ts";
import { shownSessions } from "../../shared/sessions/session-view.ts";
import { isAccount } from "../../shared/store/user-items.ts";

type Deps = { people: Pick<PersonLookup, "find">; sessions: Pick<SessionStore, "list"> };

export const listUserSessions = async (
  { session, parameters: { id } }: UserCall<typeof contract.listUserSessions>,
  deps: Deps,
) => {
  const person = await requirePerson(id, deps);
  if (!isAccount(person)) return { results: [] };
  return shownSessions(await deps.sessions.list(id), person, session.sessionId);
};

export const handler = await userEndpoint(contract.listUserSessions, listUserSessions, () => ({
  people: personLookup(),
  sessions: sessionStore(),
}));
