import { contract } from "../shared/contract.ts";
import { sessionStore, type SessionStore } from "../shared/sessions.ts";
import { shownSessions } from "../shared/shown-sessions.ts";
import { userEndpoint, type UserCall } from "../shared/user-endpoint.ts";

type Deps = { sessions: Pick<SessionStore, "list"> };

/** Every living session of the caller. */
export const listSessions = async ({ user, session }: UserCall<typeof contract.listSessions>, deps: Deps) =>
  shownSessions(await deps.sessions.list(user.id), user, session.sessionId);

export const handler = userEndpoint(contract.listSessions, listSessions, () => ({
  sessions: sessionStore(),
}));
