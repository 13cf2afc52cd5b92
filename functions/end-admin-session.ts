import * as contract from "../shared/contract/session-operations.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionStore } from "../shared/sessions/session-store.ts";
import { tokenVerifier } from "../shared/sessions/tokens.ts";
import { endSessionOf, type SessionEndDeps } from "../shared/sign-in/session-renewal.ts";

export const endAdminSession = async (
  { staffToken }: Call<typeof contract.endAdminSession>,
  deps: SessionEndDeps,
) => {
  if (staffToken !== undefined) await endSessionOf(staffToken, "staff", deps);
};

export const handler = await endpoint(contract.endAdminSession, endAdminSession, () => ({
  verifier: tokenVerifier(),
  sessions: sessionStore(),
  recordSecurityEvent,
}));
