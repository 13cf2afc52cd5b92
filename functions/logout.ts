import * as contract from "../shared/contract/session-operations.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionStore } from "../shared/sessions/session-store.ts";
import { tokenVerifier } from "../shared/sessions/tokens.ts";
import { endSessionOf, type SessionEndDeps } from "../shared/sign-in/session-renewal.ts";

export const logout = ({ body: { refresh } }: Call<typeof contract.logout>, deps: SessionEndDeps) =>
  endSessionOf(refresh, "refresh", deps);

export const handler = await endpoint(contract.logout, logout, () => ({
  verifier: tokenVerifier(),
  sessions: sessionStore(),
  recordSecurityEvent,
}));
