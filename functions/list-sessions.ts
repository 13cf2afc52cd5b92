import { contract } from "../shared/contract.ts";
import { sessionStore, shownSession, type SessionStore } from "../shared/sessions.ts";
import { userEndpoint, type UserCall } from "../shared/user-endpoint.ts";

type Deps = { sessions: Pick<SessionStore, "list"> };

/** Every living session of the caller. Those of an older epoch were ended, though they may still stand in the store. */
export const listSessions = async (
  { user, session: current }: UserCall<typeof contract.listSessions>,
  deps: Deps,
) => {
  const sessions = await deps.sessions.list(user.id);
  const living = sessions.filter(({ sessionEpoch }) => sessionEpoch === user.sessionEpoch);
  const results = living.map((session) => ({
    ...shownSession(session),
    current: session.sessionId === current.sessionId,
  }));
  return { results: results.toSorted((a, b) => b.last_used.localeCompare(a.last_used)) };
};

export const handler = userEndpoint(contract.listSessions, listSessions, () => ({
  sessions: sessionStore(),
}));
