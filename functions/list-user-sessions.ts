import { contract } from "../shared/contract.ts";
import { ApiError } from "../shared/errors.ts";
import { isAccount } from "../shared/items.ts";
import { peopleStore, type PeopleStore } from "../shared/people.ts";
import { sessionStore, type SessionStore } from "../shared/sessions.ts";
import { shownSessions } from "../shared/shown-sessions.ts";
import { userEndpoint, type UserCall } from "../shared/user-endpoint.ts";

type Deps = { people: Pick<PeopleStore, "find">; sessions: Pick<SessionStore, "list"> };

/** Every living session of a person; a registration has none. */
export const listUserSessions = async (
  { session, parameters: { id } }: UserCall<typeof contract.listUserSessions>,
  deps: Deps,
) => {
  const person = await deps.people.find(id);
  if (!person) throw new ApiError("not_found");
  if (!isAccount(person)) return { results: [] };
  return shownSessions(await deps.sessions.list(id), person, session.sessionId);
};

export const handler = userEndpoint(contract.listUserSessions, listUserSessions, () => ({
  people: peopleStore(),
  sessions: sessionStore(),
}));
