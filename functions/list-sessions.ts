import * as contract from "../shared/contract/session-operations.ts";
import { userEndpoint, type UserCall } from "../shared/http/user-endpoint.ts";
import { sessionStore, type SessionStore } from "../shared/sessions/session-store.ts";
import { shownSessions } from "../shared/sessions/session-view.ts";

type Deps = { sessions: Pick<SessionStore, "list"> };

export const listSessions = async ({ user, session }: UserCall<typeof contract.listSessions>, deps: Deps) =>
  shownSessions(await deps.sessions.list(user.id), user, session.sessionId);

export const handler = await userEndpoint(contract.listSessions, listSessions, () => ({
  sessions: sessionStore(),
}));
