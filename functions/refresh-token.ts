import { userStore } from "../shared/accounts/user-store.ts";
import * as contract from "../shared/contract/session-operations.ts";
import { endpoint, type Call } from "../shared/http/endpoint.ts";
import { enqueueLetter } from "../shared/mail/mail-queue.ts";
import { nowSeconds } from "../shared/platform/clock.ts";
import { recordSecurityEvent } from "../shared/platform/security-log.ts";
import { sessionStore } from "../shared/sessions/session-store.ts";
import { tokenSigner, tokenVerifier, type TokenSigner } from "../shared/sessions/tokens.ts";
import { renewSession, type RenewalDeps } from "../shared/sign-in/session-renewal.ts";

type Deps = RenewalDeps & { signer: Pick<TokenSigner, "pair"> };

export const refreshToken = async ({ body: { refresh } }: Call<typeof contract.refreshToken>, deps: Deps) =>
  deps.signer.pair(await renewSession(refresh, "refresh", deps));

export const handler = await endpoint(contract.refreshToken, refreshToken, () => ({
  verifier: tokenVerifier(),
  users: userStore(),
  sessions: sessionStore(),
  signer: tokenSigner(),
  enqueueLetter,
  recordSecurityEvent,
  nowSeconds,
}));
